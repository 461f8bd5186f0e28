"""Test rules for the build rules."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules:init_step.bzl", "collect_init_steps", "ordered_steps")
load("//rules:unikernel_image.bzl", "startup_text")

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
