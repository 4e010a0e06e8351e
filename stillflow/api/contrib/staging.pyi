from stillflow.ops.queues.staging_areas import StagingArea as StagingArea
