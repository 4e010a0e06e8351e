from stillflow.checkpoint.management import load_variable as load_variable
from stillflow.learn.actions import clear_summary_writers as clear_summary_writers
from stillflow.learn.actions import get_summary_writer as get_summary_writer
from stillflow.learn.actions import infer as infer
from stillflow.learn.actions import run_feeds as run_feeds
from stillflow.learn.actions import run_feeds_iter as run_feeds_iter
from stillflow.learn.actions import run_n as run_n
