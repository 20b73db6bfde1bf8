#include "backend/cpu/isa.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#ifdef __x86_64__
#include <cpuid.h>

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
	       __builtin_cpu_supports("bmi2");
}

static bool has_avx512(void)
{
	return has_avx2() && __builtin_cpu_supports("avx512f") &&
	       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
	       __builtin_cpu_supports("avx512vl");
}

/* Ice Lake, Zen 4 and later */
static bool has_avx512vnni(void)
{
	return has_avx512() && __builtin_cpu_supports("avx512vnni") &&
	       __builtin_cpu_supports("avx512vpopcntdq");
}
#endif

static bool has_generic(void)
{
	return true;
}

static const struct {
	const taut_cpu_kernels *kernels;
	bool (*present)(void);
} ISAS[] = {
/* widest first */
#ifdef __x86_64__
	{&taut_cpu_kernels_avx512vnni, has_avx512vnni},
	{&taut_cpu_kernels_avx512, has_avx512},
	{&taut_cpu_kernels_avx2, has_avx2},
#endif
	{&taut_cpu_kernels_generic, has_generic},
};

const taut_cpu_kernels *taut_cpu_isa_find(const char *name)
{
	for (size_t i = 0; i < sizeof ISAS / sizeof ISAS[0]; i++) {
		if (name && name[0] && strcmp(name, ISAS[i].kernels->name) != 0)
			continue;
		if (ISAS[i].present())
			return ISAS[i].kernels;
	}
	return NULL;
}

void taut_cpu_isa_brand(char *out, size_t size)
{
	char brand[49] = "";
#ifdef __x86_64__
	unsigned *const word = (unsigned[12]){0};

	/* leaves 0x80000002 to 4 hold 48 characters */
	for (unsigned leaf = 0; leaf < 3; leaf++)
		if (!__get_cpuid(0x80000002u + leaf, word + 4 * leaf, word + 4 * leaf + 1,
		                 word + 4 * leaf + 2, word + 4 * leaf + 3))
			word[4 * leaf] = 0;
	memcpy(brand, word, 48);
	brand[48] = '\0';
#endif
	(void)snprintf(out, size, "%s", brand[0] ? brand : "processor");
}
