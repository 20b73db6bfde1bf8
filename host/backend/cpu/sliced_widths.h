/* Bit slices for one width, included with WIDTH and W(x) defined; they are undefined at the end. */
#include "backend/cpu/sliced_words.h"

#define PLANES  3
#define NAME(x) W(p3_##x)
#include "backend/cpu/sliced_body.h"

#define PLANES  5
#define NAME(x) W(p5_##x)
#include "backend/cpu/sliced_body.h"

#define PLANES  7
#define NAME(x) W(p7_##x)
#include "backend/cpu/sliced_body.h"

#define PLANES  9
#define NAME(x) W(p9_##x)
#include "backend/cpu/sliced_body.h"

#define PLANES  11
#define NAME(x) W(p11_##x)
#include "backend/cpu/sliced_body.h"

#undef WIDTH
#undef W
