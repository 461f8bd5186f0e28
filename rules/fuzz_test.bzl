"""fuzz_test(): a fuzz target, written as for libFuzzer, whose corpus runs as a test."""

load("@rules_cc//cc:defs.bzl", "cc_test")

def fuzz_test(name, srcs, deps = [], corpus = [], size = "small", tags = []):
    """A test that runs LLVMFuzzerTestOneInput on each file of the corpus, and on some thousand mutations of them.

    An input on which the target dies is printed. `bazel run //libs/x:y_fuzz -- DIRECTORY` adds the files of a folder, which
    may be relative to where that is typed, to the corpus, and mutations of them; with `--config=asan` under a sanitizer.

    Args:
      name: the test.
      srcs: sources that define LLVMFuzzerTestOneInput.
      deps: what they use.
      corpus: files, each one input.
      size: of the test.
      tags: of the test.
    """
    cc_test(
        name = name,
        size = size,
        srcs = srcs,
        args = ["$(rootpath %s)" % file for file in corpus],
        data = corpus,
        tags = tags,
        target_compatible_with = [Label("//platforms:host")],
        deps = deps + [Label("//rules/tools:fuzz_driver")],
    )
