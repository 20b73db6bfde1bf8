/* The whole public interface of libtaut; docs/library.md shows a complete program. */
#ifndef TAUT_PUBLIC_TAUT_H
#define TAUT_PUBLIC_TAUT_H

#include "taut/api.h"
#include "taut/input.h"
#include "taut/progress.h"
#include "taut/settings.h"
#include "taut/solution.h"
#include "taut/status.h"

#endif
