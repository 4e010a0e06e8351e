from stillflow.interchange.saved_model.export_folders import (
    MAX_DIRECTORY_CREATION_ATTEMPTS as MAX_DIRECTORY_CREATION_ATTEMPTS,
)
from stillflow.learn.exporting.folders import garbage_collect_exports as garbage_collect_exports
from stillflow.learn.exporting.folders import get_most_recent_export as get_most_recent_export
from stillflow.learn.exporting.folders import get_temp_export_dir as get_temp_export_dir
from stillflow.learn.exporting.folders import (
    get_timestamped_export_dir as get_timestamped_export_dir,
)
from stillflow.learn.exporting.signatures import (
    DEFAULT_INPUT_ALTERNATIVE_KEY as DEFAULT_INPUT_ALTERNATIVE_KEY,
)
from stillflow.learn.exporting.signatures import (
    FEATURES_INPUT_ALTERNATIVE_KEY as FEATURES_INPUT_ALTERNATIVE_KEY,
)
from stillflow.learn.exporting.signatures import (
    build_all_signature_defs as build_all_signature_defs,
)
from stillflow.learn.exporting.signatures import (
    build_standardized_signature_def as build_standardized_signature_def,
)
from stillflow.learn.exporting.signatures import get_input_alternatives as get_input_alternatives
from stillflow.learn.exporting.signatures import get_output_alternatives as get_output_alternatives
from stillflow.learn.exporting.strategies import BestModelSelector as BestModelSelector
from stillflow.learn.exporting.strategies import extend_export_strategy as extend_export_strategy
from stillflow.learn.exporting.strategies import (
    make_best_model_export_strategy as make_best_model_export_strategy,
)
from stillflow.learn.exporting.strategies import make_export_strategy as make_export_strategy
from stillflow.learn.exporting.strategies import (
    make_parsing_export_strategy as make_parsing_export_strategy,
)
