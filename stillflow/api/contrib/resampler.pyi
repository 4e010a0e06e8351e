from stillflow.ops.image.resampling import resampler as resampler
