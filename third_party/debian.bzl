"""Repositories made of Debian's pinned packages and archives, from the mirror that DEBIAN_MIRROR names."""

def _mirror(rctx):
    mirror = rctx.os.environ.get("DEBIAN_MIRROR", "")
    if not mirror:
        mirror = rctx.execute([rctx.path(Label("//third_party:find_mirror"))]).stdout.strip()
    if not mirror:
        fail("%s: apt names no Debian mirror here: set DEBIAN_MIRROR to the address of one" % rctx.name)
    return mirror.rstrip("/")

def _unpack_deb(rctx, mirror, name, path, sha256):
    rctx.download_and_extract("%s/%s" % (mirror, path), sha256 = sha256, type = "deb", output = ".deb/" + name)
    data = [p for p in rctx.path(".deb/" + name).readdir() if p.basename.startswith("data.tar")]
    if len(data) != 1:
        fail("%s: %s has no data archive" % (rctx.name, path))
    rctx.extract(data[0])
    rctx.delete(".deb/" + name)

def _find_libraries(rctx, program, library_path):
    """Fails unless each library that a program wants is in the repository: the loader would go on to the machine's."""
    root = str(rctx.path("."))
    listed = rctx.execute([
        "%s/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" % root,
        "--inhibit-cache",
        "--library-path",
        library_path.replace("$P", root),
        "--list",
        "%s/%s" % (root, program),
    ])
    strange = [
        line.strip()
        for line in (listed.stdout + listed.stderr).splitlines()
        if "=> " in line and not line.partition("=> ")[2].startswith(root) or "error while loading" in line
    ]
    if listed.return_code or strange:
        fail("%s: %s finds not all of its libraries among the packages; name what has them in third_party/wanted.txt and run third_party/refresh_lock:\n%s" %
             (rctx.name, program, "\n".join(strange) or listed.stderr))

def _debian_packages_impl(rctx):
    mirror = _mirror(rctx)
    for name, (path, sha256) in rctx.attr.packages.items():
        _unpack_deb(rctx, mirror, name, path, sha256)
    for pattern in rctx.attr.remove:
        rctx.delete(pattern)
    for script, text in rctx.attr.scripts.items():
        rctx.file(script, text)
    for program, library_path in rctx.attr.programs.items():
        _find_libraries(rctx, program, library_path)
    rctx.file("BUILD.bazel", rctx.read(rctx.attr.build_file), executable = False)

debian_packages = repository_rule(
    implementation = _debian_packages_impl,
    doc = "A repository that holds the unpacked files of a group of pinned Debian packages.",
    attrs = {
        "build_file": attr.label(mandatory = True, doc = "Its BUILD file."),
        "packages": attr.string_list_dict(mandatory = True, doc = "Name to path below a mirror, SHA-256."),
        "programs": attr.string_dict(doc = "What the scripts run, to where it finds libraries, all of which must be in the repository: folders with colons between, $P for the repository."),
        "remove": attr.string_list(doc = "Paths to delete after unpacking."),
        "scripts": attr.string_dict(doc = "Executable files to add: path to text."),
    },
    environ = ["DEBIAN_MIRROR"],
)

def _debian_archive_impl(rctx):
    url = "%s/%s" % (_mirror(rctx), rctx.attr.path)
    sha256 = rctx.attr.sha256
    file = url.rpartition("/")[2]
    if rctx.attr.only:
        # Bazel's own unpacker would write the whole tree; tar takes what is asked for.
        rctx.download(url, output = file, sha256 = sha256)
        result = rctx.execute([
            rctx.path(Label("@unpack//:bin/untar")),
            file,
            "--strip-components=%d" % (rctx.attr.strip_prefix.count("/") + 1),
            "--exclude=*/test",
        ] + ["%s/%s" % (rctx.attr.strip_prefix, p) for p in rctx.attr.only], timeout = 1200)
        if result.return_code:
            fail("%s: unpacking %s failed: %s" % (rctx.name, file, result.stderr))
        rctx.delete(file)
    else:
        rctx.download_and_extract(url, sha256 = sha256, stripPrefix = rctx.attr.strip_prefix)
    for patch in rctx.attr.patches:
        # Not rctx.patch: it refuses hunks that lie a few lines off.
        result = rctx.execute([rctx.path(Label("@unpack//:bin/patch")), "-p1", "--forward", "-i", rctx.path(patch)])
        if result.return_code:
            fail("%s: %s does not apply: %s%s" % (rctx.name, patch, result.stdout, result.stderr))
    for unwanted in rctx.attr.remove:
        rctx.delete(unwanted)
    rctx.file("BUILD.bazel", rctx.read(rctx.attr.build_file), executable = False)

debian_archive = repository_rule(
    implementation = _debian_archive_impl,
    doc = "A repository that holds the sources of one pinned archive, patched, with a BUILD file of ours.",
    attrs = {
        "build_file": attr.label(mandatory = True, doc = "Its BUILD file."),
        "only": attr.string_list(doc = "Folders to unpack; all if empty."),
        "patches": attr.label_list(doc = "Patches, applied with -p1."),
        "path": attr.string(mandatory = True, doc = "Of the archive, below a mirror."),
        "remove": attr.string_list(doc = "Paths to delete after unpacking: upstream's own BUILD files."),
        "sha256": attr.string(mandatory = True),
        "strip_prefix": attr.string(mandatory = True, doc = "The leading folder in the archive."),
    },
    environ = ["DEBIAN_MIRROR"],
)
