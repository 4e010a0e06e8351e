from stillflow.layers.seq2seq.attention import BahdanauAttention as BahdanauAttention
from stillflow.layers.seq2seq.attention import LuongAttention as LuongAttention
from stillflow.layers.seq2seq.basic import BasicDecoder as BasicDecoder
from stillflow.layers.seq2seq.basic import BasicDecoderOutput as BasicDecoderOutput
from stillflow.layers.seq2seq.beam_decoders import BeamSearchDecoder as BeamSearchDecoder
from stillflow.layers.seq2seq.beam_search import (
    FinalBeamSearchDecoderOutput as FinalBeamSearchDecoderOutput,
)
from stillflow.layers.seq2seq.beam_step import BeamSearchDecoderOutput as BeamSearchDecoderOutput
from stillflow.layers.seq2seq.beam_step import BeamSearchDecoderState as BeamSearchDecoderState
from stillflow.layers.seq2seq.beams import tile_batch as tile_batch
from stillflow.layers.seq2seq.decoding import Decoder as Decoder
from stillflow.layers.seq2seq.decoding import dynamic_decode as dynamic_decode
from stillflow.layers.seq2seq.helpers import CustomHelper as CustomHelper
from stillflow.layers.seq2seq.helpers import GreedyEmbeddingHelper as GreedyEmbeddingHelper
from stillflow.layers.seq2seq.helpers import Helper as Helper
from stillflow.layers.seq2seq.helpers import InferenceHelper as InferenceHelper
from stillflow.layers.seq2seq.helpers import SampleEmbeddingHelper as SampleEmbeddingHelper
from stillflow.layers.seq2seq.helpers import TrainingHelper as TrainingHelper
from stillflow.layers.seq2seq.loss import sequence_loss as sequence_loss
from stillflow.layers.seq2seq.mechanisms import AttentionMechanism as AttentionMechanism
from stillflow.layers.seq2seq.mechanisms import hardmax as hardmax
from stillflow.layers.seq2seq.monotonic import (
    BahdanauMonotonicAttention as BahdanauMonotonicAttention,
)
from stillflow.layers.seq2seq.monotonic import LuongMonotonicAttention as LuongMonotonicAttention
from stillflow.layers.seq2seq.monotonic import monotonic_attention as monotonic_attention
from stillflow.layers.seq2seq.monotonic import safe_cumprod as safe_cumprod
from stillflow.layers.seq2seq.scheduled import (
    ScheduledEmbeddingTrainingHelper as ScheduledEmbeddingTrainingHelper,
)
from stillflow.layers.seq2seq.scheduled import (
    ScheduledOutputTrainingHelper as ScheduledOutputTrainingHelper,
)
from stillflow.layers.seq2seq.wrapper import AttentionWrapper as AttentionWrapper
from stillflow.layers.seq2seq.wrapper import AttentionWrapperState as AttentionWrapperState
from stillflow.ops.array.gather_tree import gather_tree as gather_tree
