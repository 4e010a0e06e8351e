from stillflow.interchange.saved_model.main_op import main_op as main_op
from stillflow.interchange.saved_model.main_op import main_op_with_restore as main_op_with_restore
