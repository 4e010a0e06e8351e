from stillflow.train.hparams.hparams import HParams as HParams
from stillflow.train.hparams.parsing import parse_values as parse_values
