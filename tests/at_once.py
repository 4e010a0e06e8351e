"""Checks of many things, each of which takes less time than pytest takes for a test."""

from stillflow.graph import context


def for_each(items):
    """Makes of a test of one thing a test of all `items`, {name: thing}.

    Each starts from an empty default graph. Those that fail are raised together, with their names.
    """

    def decorate(test):
        def of_all():
            errors = []
            for name, item in items.items():
                context.reset_default_graph()
                try:
                    test(item)
                except Exception as error:
                    error.add_note(f"of {name}")
                    errors.append(error)
            if errors:
                raise ExceptionGroup(f"{len(errors)} of {len(items)} fail", errors)

        of_all.__name__, of_all.__doc__ = test.__name__, test.__doc__
        return of_all

    return decorate
