// Another one, for an image with one too many.
// SPDX-License-Identifier: Apache-2.0
int main() { return 0; }
