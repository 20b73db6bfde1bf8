/* What the public headers share: linkage, attributes and the library's version. */
#ifndef TAUT_PUBLIC_API_H
#define TAUT_PUBLIC_API_H

/* The library is compiled with hidden symbols: these declarations are all that it exports. */
#if defined(__GNUC__) || defined(__clang__)
#define TAUT_API        __attribute__((visibility("default")))
#define TAUT_MUST_CHECK __attribute__((warn_unused_result))
#else
#define TAUT_API
#define TAUT_MUST_CHECK
#endif

#ifdef __cplusplus
#define TAUT_C_BEGIN extern "C" {
#define TAUT_C_END   }
#else
#define TAUT_C_BEGIN
#define TAUT_C_END
#endif

TAUT_C_BEGIN

/* "0.1.0", of the library that is linked. Static text. */
TAUT_API const char *taut_version(void);

TAUT_C_END

#endif
