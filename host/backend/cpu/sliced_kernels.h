/* Bit slices for one instruction set: included with VECTOR_BYTES and SLICED, the name of the table,
 * defined. */
#include <stddef.h>
#include <string.h>

#include "backend/cpu/narrow.h"
#include "backend/cpu/sliced.h"
#include "backend/transpose.h"

/* Bits 0 .. planes - 1 of 64 bytes as words, the lowest and the rest. */
static inline void planes_of(uint64_t *lowest, uint64_t *rest, vec_8 *bytes, uint32_t planes)
{
	for (uint32_t p = 8; p-- > 0;) {
		uint64_t word = 0;

		for (uint32_t v = 0; v < COUNT_8; v++) {
			word |= signs_8(bytes[v]) << (v * (WIDTH_8 % 64));
			bytes[v] = (vec_8)((uvec_8)bytes[v] + (uvec_8)bytes[v]);
		}
		if (p < planes)
			*(p ? rest + p - 1 : lowest) = word;
	}
}

/* Row r of the table. floor(2 t / g) is held to planes + 1 bits and cut into bytes; its lowest bit
 * is h.
 */
static inline void tabulate_row(taut_cpu_slices *s, uint32_t planes, const uint16_t *noise,
                                const narrow_scale *scale, uint32_t r)
{
	const int16_t         most = (int16_t)((1 << planes) - 1);
	const uint16_t *const draw = noise + (size_t)r * TAUT_LANES;
	uint64_t *const       out = s->table + r * taut_cpu_sliced_stride(planes);
	vec_16                u[COUNT_16];
	vec_8                 bytes[COUNT_8];

	for (uint32_t v = 0; v < COUNT_16; v++)
		u[v] = narrow_clamp(narrow_threshold(draw + v * WIDTH_16, scale), ~most, most);
	for (uint32_t v = 0; v < COUNT_8; v++)
		bytes[v] = pack_8(planes < 8 ? u[2 * v] : u[2 * v] << 8 >> 8,
		                  planes < 8 ? u[2 * v + 1] : u[2 * v + 1] << 8 >> 8);
	planes_of(out + planes, out, bytes, planes + 1);
	if (planes > 7) {
		for (uint32_t v = 0; v < COUNT_8; v++)
			bytes[v] = pack_8(u[2 * v] >> 8, u[2 * v + 1] >> 8);
		planes_of(out + 7, out + 8, bytes, planes - 7);
	}
}

#define TABULATE(planes)                                                          \
	case planes:                                                              \
		for (uint32_t k = 0; k < count; k++)                              \
			tabulate_row(s, planes, noise, &scale, row ? row[k] : k); \
		break

static void tabulate(taut_cpu_slices *s, uint32_t planes, const void *noise, taut_machine_rule rule,
                     taut_temperature t, const uint16_t *row, uint32_t count)
{
	const narrow_scale scale = narrow_scale_of(t, rule, (int)s->data->shift - 1);

	switch (planes) {
		TABULATE(3);
		TABULATE(5);
		TABULATE(7);
		TABULATE(9);
		TABULATE(11);
	default:
		break;
	}
}

#define WIDTH 2
#define W(x)  w2_##x
#include "backend/cpu/sliced_widths.h"

#if VECTOR_BYTES >= 32
#define WIDTH 4
#define W(x)  w4_##x
#include "backend/cpu/sliced_widths.h"
#endif

#if VECTOR_BYTES >= 64
#define WIDTH 8
#define W(x)  w8_##x
#include "backend/cpu/sliced_widths.h"
#endif

#define KERNEL(k, p)                                             \
	{                                                        \
		k, p, w##k##_p##p##_sweep, w##k##_p##p##_measure \
	}
#define KERNELS_OF(k) KERNEL(k, 3), KERNEL(k, 5), KERNEL(k, 7), KERNEL(k, 9), KERNEL(k, 11)

static const taut_cpu_sliced_kernel ALL_KERNELS[] = {
	KERNELS_OF(2),
#if VECTOR_BYTES >= 32
	KERNELS_OF(4),
#endif
#if VECTOR_BYTES >= 64
	KERNELS_OF(8),
#endif
};

const taut_cpu_sliced_kernels SLICED = {ALL_KERNELS, sizeof ALL_KERNELS / sizeof ALL_KERNELS[0],
                                        tabulate};
