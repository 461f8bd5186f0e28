"""init_step(): what a library must run at start, and the steps it comes after.

Order is data. Each step is a target; `after` is an edge to the steps that run before it. unikernel_image collects the
steps that its application's closure reaches and writes one readable start-up file that calls them in order.
"""

InitStepInfo = provider(
    doc = "One step.",
    fields = {
        "function": "qualified name of a C++ function `void()`: ashlar::net::Start",
        "label": "the step's label, as label_words() gives it",
    },
)

InitStepsInfo = provider(
    doc = "The steps of a target's closure.",
    fields = {"steps": "postorder depset of InitStepInfo: each after those it needs"},
)

# The attributes along which a library reaches others.
_EDGES = ["after", "links", "library", "interface", "backend", "implementation_deps", "deps", "actual"]

def label_words(label):
    """A label for people: the main repository's by package and name, another's with the repository's name before them."""
    repository = "@" + label.workspace_name if label.workspace_name else ""
    return "%s//%s:%s" % (repository, label.package, label.name)

def _is_name(part):
    return part.replace("_", "a").isalnum() and not part[0].isdigit()

def _init_step_impl(ctx):
    function = ctx.attr.function
    if not all([_is_name(part) for part in function.split("::")]):
        fail("%s: function = %r is not a qualified C++ name such as ashlar::net::Start" % (ctx.label, function))
    libraries = [ctx.attr.library[CcInfo]] if ctx.attr.library else []
    return [
        InitStepInfo(
            function = function,
            label = label_words(ctx.label),
        ),
        cc_common.merge_cc_infos(
            direct_cc_infos = libraries,
            cc_infos = [step[CcInfo] for step in ctx.attr.after],
        ),
        DefaultInfo(files = depset()),
    ]

init_step = rule(
    implementation = _init_step_impl,
    doc = "A function that runs once, before main(); whoever has this target in its deps has the step.",
    attrs = {
        "after": attr.label_list(
            providers = [InitStepInfo, CcInfo],
            doc = "Steps that run before this one; they come into the image with it.",
        ),
        "function": attr.string(mandatory = True, doc = "Qualified name of a C++ function `void()`."),
        "library": attr.label(providers = [CcInfo], doc = "The library that defines the function."),
    },
    provides = [InitStepInfo, CcInfo],
)

def _collect_impl(target, ctx):
    below = []
    for attribute in _EDGES:
        value = getattr(ctx.rule.attr, attribute, None)
        for dependency in value if type(value) == "list" else [value]:
            if type(dependency) == "Target" and InitStepsInfo in dependency:
                below.append(dependency[InitStepsInfo].steps)
    own = [target[InitStepInfo]] if InitStepInfo in target else []
    return [InitStepsInfo(steps = depset(own, transitive = below, order = "postorder"))]

collect_init_steps = aspect(
    implementation = _collect_impl,
    doc = "Gathers the init steps of a closure.",
    attr_aspects = _EDGES,
)

def ordered_steps(targets, image):
    """The steps of `targets`' closures in the order they run, each once.

    Args:
      targets: Targets that carry InitStepsInfo.
      image: label, for the message.
    Returns:
      list of InitStepInfo.
    """
    steps = depset(
        transitive = [t[InitStepsInfo].steps for t in targets if InitStepsInfo in t],
        order = "postorder",
    ).to_list()
    by_function = {}
    for step in steps:
        # The same step may be there again, reached in another configuration.
        other = by_function.setdefault(step.function, step)
        if other.label != step.label:
            fail("%s: %s and %s both run %s: make them one init_step" % (image, other.label, step.label, step.function))
    return by_function.values()
