"""Test rules for the build rules."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load("//rules:guest_test.bzl", "guest_test_fault")
load("//rules:init_step.bzl", "InitStepInfo", "collect_init_steps", "label_words", "ordered_steps")
load("//rules:machine.bzl", "MachineInfo")
load("//rules:unikernel_image.bzl", "UnikernelImageInfo", "image_fault", "sbom_text", "startup_text")

def _failure_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, ctx.attr.message)
    return analysistest.end(env)

_failure_test = analysistest.make(
    _failure_test_impl,
    expect_failure = True,
    attrs = {"message": attr.string(mandatory = True)},
)

def _steps_of_impl(ctx):
    ordered_steps([ctx.attr.target], ctx.label)
    return []

# Fails in analysis when the closure's steps can't be ordered.
_steps_of = rule(
    implementation = _steps_of_impl,
    attrs = {"target": attr.label(aspects = [collect_init_steps])},
)

def failure_test(name, message, target = None, steps_of = None):
    """Passes if analysing `target`, or ordering the init steps of `steps_of`, fails with `message` in its text.

    Args:
      name: the test.
      message: part of the error.
      target: what must fail.
      steps_of: a library whose steps must not be orderable.
    """
    if steps_of:
        target = ":" + name + "_subject"
        _steps_of(name = name + "_subject", target = steps_of, tags = ["manual"])
    _failure_test(name = name, message = message, target_under_test = target)

_SELECT = select({"//conditions:default": {}})

def _image_fault_test_impl(ctx):
    env = unittest.begin(ctx)
    platform = "//platforms:kvm_x86_64"
    asserts.equals(env, None, image_fault(platform, {}))
    asserts.equals(env, None, image_fault(Label(platform), {"//libs/heap:backend": "//libs/heap:bump"}))
    for wrong in ["", None, [platform], _SELECT]:
        asserts.true(env, "give one platform's label, such as" in (image_fault(wrong, {}) or ""), "platform = %r" % wrong)
    for wrong in [None, ["//libs/heap:bump"], _SELECT]:
        asserts.true(env, "give a dict of facades' flags to libraries" in (image_fault(platform, wrong) or ""), "libs = %r" % wrong)
    return unittest.end(env)

image_fault_test = unittest.make(_image_fault_test_impl)

def _guest_test_fault_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, None, guest_test_fault(True, ["file"], {"timeout": "long"}))
    asserts.equals(env, None, guest_test_fault(False, [], {}))
    for data, more, names in [
        (["file"], {}, "data"),
        ([], {"timeout": "long"}, "timeout"),
        (_SELECT, {"copts": [], "tmeout": "long"}, "data, copts, tmeout"),
    ]:
        asserts.equals(env, "host = False, and only the host's test takes %s: leave that out" % names, guest_test_fault(False, data, more))
    return unittest.end(env)

guest_test_fault_test = unittest.make(_guest_test_fault_test_impl)

# A target of another repository that has a namesake here, and its name for people.
_ELSEWHERE = Label("@googletest//tests/rules:base_step")
STEP_ELSEWHERE = "@%s//tests/rules:base_step" % _ELSEWHERE.workspace_name

def _sbom_test_impl(ctx):
    env = unittest.begin(ctx)
    here = Label("//tests/rules:base_step")
    sbom = json.decode(sbom_text(here, [here, _ELSEWHERE, here], "mine"))
    asserts.equals(env, "//tests/rules:base_step", sbom["image"])
    asserts.equals(env, [
        {"label": "//tests/rules:base_step", "repository": "mine"},
        {"label": STEP_ELSEWHERE, "repository": _ELSEWHERE.workspace_name},
    ], sbom["libraries"])
    return unittest.end(env)

sbom_test = unittest.make(_sbom_test_impl)

def _step_elsewhere_impl(ctx):
    return [InitStepInfo(function = ctx.attr.function, label = label_words(_ELSEWHERE)), CcInfo()]

step_elsewhere = rule(
    implementation = _step_elsewhere_impl,
    doc = "The init step that another repository would have in its //tests/rules:base_step.",
    attrs = {"function": attr.string(mandatory = True)},
    provides = [InitStepInfo, CcInfo],
)

def _steps_test_impl(ctx):
    actual = ["%s %s" % (step.label, step.function) for step in ordered_steps([ctx.attr.target], ctx.label)]
    if actual != ctx.attr.expected:
        fail("%s: the steps are %s, expected %s" % (ctx.label, actual, ctx.attr.expected))
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(script, "#!/bin/sh\nexit 0\n", is_executable = True)
    return [DefaultInfo(executable = script)]

steps_test = rule(
    implementation = _steps_test_impl,
    doc = "The init steps of a closure, in order. A mismatch fails the build of the test.",
    attrs = {
        "expected": attr.string_list(),
        "target": attr.label(aspects = [collect_init_steps]),
    },
    test = True,
)

def _startup_golden_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".cc")
    ctx.actions.write(out, startup_text("//app", "//app:image", ordered_steps([ctx.attr.target], ctx.label)))
    return [DefaultInfo(files = depset([out]))]

startup_golden = rule(
    implementation = _startup_golden_impl,
    doc = "The start-up file that unikernel_image would write.",
    attrs = {"target": attr.label(aspects = [collect_init_steps])},
)

def _golden_test_impl(ctx):
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(script, """#!/bin/sh
# Compares generated text with its golden file; `bazel run TEST -- --accept` takes the new text.
cd "${{RUNFILES_DIR:-${{TEST_SRCDIR:-$0.runfiles}}}}/{workspace}" || exit 1
if [ "${{1:-}}" = --accept ]; then
  exec cp "{actual}" "$BUILD_WORKSPACE_DIRECTORY/{golden}"
fi
if ! cmp -s "{golden}" "{actual}"; then
  echo "{golden} differs from what is generated now:"
  while IFS= read -r line; do printf '  %s\\n' "$line"; done <"{actual}"
  echo "accept it with: bazel run {label} -- --accept"
  exit 1
fi
""".format(
        workspace = ctx.workspace_name,
        actual = ctx.file.actual.short_path,
        golden = ctx.file.golden.short_path,
        label = "//%s:%s" % (ctx.label.package, ctx.label.name),
    ), is_executable = True)
    return [DefaultInfo(executable = script, runfiles = ctx.runfiles([ctx.file.actual, ctx.file.golden]))]

golden_test = rule(
    implementation = _golden_test_impl,
    doc = "Generated text against a golden file.",
    attrs = {
        "actual": attr.label(allow_single_file = True, mandatory = True),
        "golden": attr.label(allow_single_file = True, mandatory = True),
    },
    test = True,
)

def _link_test_impl(ctx):
    env = analysistest.begin(ctx)
    links = [action for action in analysistest.target_actions(env) if action.mnemonic == "CppLink"]
    asserts.equals(env, 1, len(links), "links")
    words = links[0].argv
    for option, value in ctx.attr.options.items():
        found = [words[i + 1] for i in range(len(words) - 1) if words[i] == option]
        asserts.true(env, value in found, "%s %s is not in the link, but %s" % (option, value, found))
    inputs = [file.path for file in links[0].inputs.to_list()]
    for path in ctx.attr.inputs:
        asserts.true(env, path in inputs, "%s is no input of the link" % path)
    return analysistest.end(env)

link_test = analysistest.make(
    _link_test_impl,
    doc = "An image's link has these options, each with its value, and these files among its inputs.",
    attrs = {
        "inputs": attr.string_list(),
        "options": attr.string_dict(),
    },
)

def _neutral_objects_test_impl(ctx):
    env = analysistest.begin(ctx)
    folders = {}
    for linker_input in analysistest.target_under_test(env)[CcInfo].linking_context.linker_inputs.to_list():
        owner = "//%s:%s" % (linker_input.owner.package, linker_input.owner.name)
        for library in linker_input.libraries:
            folders.setdefault(owner, []).append((library.static_library or library.pic_static_library).root.path)
    for label, platform in ctx.attr.platforms.items():
        actual = folders.get(label, [])
        asserts.equals(env, 1, len(actual), "archives of " + label)
        asserts.true(env, platform in actual[0], "%s is from %s, not built for %s" % (label, actual, platform))
    return analysistest.end(env)

neutral_objects_test = analysistest.make(
    _neutral_objects_test_impl,
    doc = "On kvm, each of these libraries is linked once, as built for its platform.",
    attrs = {"platforms": attr.string_dict()},
    config_settings = {"//command_line_option:platforms": str(Label("//platforms:kvm_x86_64"))},
)

# What an image is made of beside itself: its output groups, and the file in each.
_GROUPS = {
    "_validation": ".checks",
    "elf": ".elf",
    "map": ".map",
    "sbom": ".sbom.json",
    "startup": ".startup.cc",
}

def _image_test_impl(ctx):
    env = analysistest.begin(ctx)
    image = analysistest.target_under_test(env)
    actions = analysistest.target_actions(env)
    info = image[UnikernelImageInfo]
    name = image.label.name
    asserts.equals(env, ctx.attr.backend, info.backend)
    asserts.equals(env, ctx.attr.memory_mib, info.memory_mib)

    # The image is what is built, and each step on the way to it can be looked at.
    asserts.equals(env, name, info.image.basename)
    asserts.equals(env, [info.image], image[DefaultInfo].files.to_list())
    for group, suffix in _GROUPS.items():
        files = getattr(image[OutputGroupInfo], group, depset()).to_list()
        asserts.equals(env, [name + suffix], [file.basename for file in files], "output group " + group)
    asserts.equals(env, [info.elf], image[OutputGroupInfo].elf.to_list())

    # All of it is built for the platform.
    platform = "%s_%s" % (ctx.attr.backend, ctx.attr.cpu)
    asserts.true(env, "/%s-" % platform in info.elf.path, "%s is not built for %s" % (info.elf.path, platform))

    # What is linked, by the image's own account, and what its start-up file calls.
    texts = {a.outputs.to_list()[0].basename: a.content for a in actions if a.mnemonic == "FileWrite"}
    libraries = [library["label"] for library in json.decode(texts[name + ".sbom.json"])["libraries"]]
    for label in ctx.attr.linked:
        asserts.true(env, label in libraries, "%s is not linked" % label)
    for label in ctx.attr.not_linked:
        asserts.false(env, label in libraries, "%s is linked" % label)
    for step in ctx.attr.steps:
        asserts.true(env, "  %s();\n" % step in texts[name + ".startup.cc"], "%s() is not called" % step)

    # What the linker, the check and the launcher are told.
    words = {a.mnemonic: a.argv for a in actions if a.mnemonic in ["CppLink", "CheckImage"]}
    for word in ctx.attr.link:
        asserts.true(env, word in words["CppLink"], "%s is no word of the link" % word)
    for word in ctx.attr.check:
        asserts.true(env, word in words["CheckImage"], "%s is no word of the check, but %s" % (word, words["CheckImage"]))
    launchers = [a.substitutions for a in actions if a.mnemonic == "TemplateExpand"]
    asserts.equals(env, 1, len(launchers), "launchers")
    for key, value in ctx.attr.launcher.items():
        asserts.equals(env, value, launchers[0]["@%s@" % key], key)

    # What runs it comes along.
    runfiles = image[DefaultInfo].default_runfiles.files.to_list()
    asserts.true(env, info.image in runfiles, "the image is no file of its launcher's")
    qemu = {file.basename: True for file in runfiles if file.path.endswith("/bin/" + file.basename) and file.basename.startswith("qemu-")}
    asserts.equals(env, ctx.attr.qemu, sorted(qemu), "QEMU among the launcher's files")
    return analysistest.end(env)

image_test = analysistest.make(
    _image_test_impl,
    doc = "An image's results, what is linked into it, and what of its attributes reaches the tools.",
    config_settings = {"//command_line_option:compilation_mode": "fastbuild"},  # -c dbg has no max_bytes
    attrs = {
        "backend": attr.string(mandatory = True),
        "check": attr.string_list(doc = "Words of the check's command line."),
        "cpu": attr.string(default = "x86_64"),
        "launcher": attr.string_dict(doc = "What the launcher's template is filled with."),
        "link": attr.string_list(doc = "Words of the link's command line."),
        "linked": attr.string_list(doc = "Labels of libraries."),
        "memory_mib": attr.int(mandatory = True),
        "not_linked": attr.string_list(doc = "Labels of libraries that must not be there."),
        "qemu": attr.string_list(doc = "The programs that run it."),
        "steps": attr.string_list(doc = "Functions that the start-up file calls."),
    },
)

def _targets_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, ctx.attr.expected, ctx.attr.actual)
    return unittest.end(env)

_targets_test = unittest.make(
    _targets_test_impl,
    attrs = {"actual": attr.string_dict(), "expected": attr.string_dict()},
)

def targets_test(name, prefix, expected):
    """Passes if these are the targets whose names begin with `prefix`, of those that the BUILD file has made so far.

    Args:
      name: the test.
      prefix: of the targets' names.
      expected: dict of a target's name to its kind and its tags in order, with blanks between.
    """
    _targets_test(
        name = name,
        actual = {
            target: " ".join([attributes["kind"]] + sorted(attributes["tags"]))
            for target, attributes in native.existing_rules().items()
            if target.startswith(prefix)
        },
        expected = expected,
    )

def _link_inputs(actions, library):
    return [
        file.path
        for action in actions
        if action.mnemonic == "CppLink"
        for file in action.inputs.to_list()
        if library in file.path
    ]

_ActionsInfo = provider(
    doc = "The actions of a target.",
    fields = {"actions": "list of Action"},
)

_actions = aspect(implementation = lambda target, _ctx: [_ActionsInfo(actions = target.actions)])

def _shared_objects_test_impl(ctx):
    env = analysistest.begin(ctx)
    paths = _link_inputs(analysistest.target_actions(env), ctx.attr.library)
    asserts.true(env, len(paths) > 0, "%s is not linked" % ctx.attr.library)
    for path in paths:
        asserts.true(env, "/neutral_%s-" % ctx.attr.cpu in path, "%s is not compiled for all backends" % path)
    asserts.equals(env, paths, _link_inputs(ctx.attr.other[_ActionsInfo].actions, ctx.attr.library))
    return analysistest.end(env)

shared_objects_test = analysistest.make(
    _shared_objects_test_impl,
    doc = "Two images link the very same objects of a library, compiled for no backend.",
    attrs = {
        "cpu": attr.string(default = "x86_64"),
        "library": attr.string(mandatory = True, doc = "Its name."),
        "other": attr.label(mandatory = True, aspects = [_actions], doc = "The other image."),
    },
)

def _machine_test_impl(ctx):
    env = analysistest.begin(ctx)
    machine = analysistest.target_under_test(env)
    asserts.equals(env, ctx.attr.backend, machine[MachineInfo].backend)
    asserts.equals(env, ctx.attr.entry, machine[MachineInfo].entry)
    linker_inputs = machine[CcInfo].linking_context.linker_inputs.to_list()
    asserts.equals(env, ctx.attr.flags, [flag for i in linker_inputs for flag in i.user_link_flags])
    owners = ["//%s:%s" % (i.owner.package, i.owner.name) for i in linker_inputs]
    for library in ctx.attr.libraries:
        asserts.true(env, library in owners, "%s is not linked, but %s" % (library, owners))
    asserts.equals(env, [ctx.file.script], machine[DefaultInfo].files.to_list())
    return analysistest.end(env)

machine_test = analysistest.make(
    _machine_test_impl,
    doc = "A machine's name, its entry, and what each of its images is linked with.",
    attrs = {
        "backend": attr.string(mandatory = True),
        "entry": attr.string(mandatory = True),
        "flags": attr.string_list(doc = "The linker's flags, in order."),
        "libraries": attr.string_list(doc = "Labels of libraries."),
        "script": attr.label(allow_single_file = True),
    },
)
