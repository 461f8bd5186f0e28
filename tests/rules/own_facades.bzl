"""An image rule of a repository with a facade that rules/facades.bzl does not know."""

load("//rules:facades.bzl", "FACADES")
load("//rules:unikernel_image.bzl", "image_rule")

image_with_own_facade = image_rule(FACADES | {"//tests/rules:own_backend": "//tests/rules:platform_own_backend"})
