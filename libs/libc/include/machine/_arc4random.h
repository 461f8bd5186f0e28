// What arc4random() of newlib does differently on this system: on a machine without entropy it says
// so.
// SPDX-License-Identifier: Apache-2.0
#ifndef _MACHINE__ARC4RANDOM_H
#define _MACHINE__ARC4RANDOM_H

#define _ARC4RANDOM_GETENTROPY_FAIL __arc4random_without_entropy

_Noreturn void __arc4random_without_entropy(void);

#endif  // _MACHINE__ARC4RANDOM_H
