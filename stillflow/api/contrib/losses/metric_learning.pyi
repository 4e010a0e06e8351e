from stillflow.ops.losses.metric_learning import contrastive_loss as contrastive_loss
from stillflow.ops.losses.metric_learning import lifted_struct_loss as lifted_struct_loss
from stillflow.ops.losses.metric_learning import npairs_loss as npairs_loss
from stillflow.ops.losses.metric_learning import triplet_semihard_loss as triplet_semihard_loss
