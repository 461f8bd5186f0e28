// An interface for tests of the facade rule.
// SPDX-License-Identifier: Apache-2.0
#pragma once
