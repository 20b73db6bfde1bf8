/*
 * The machine of hls/abi/machine.h in OpenCL C: generator, thresholds, exchanges of rungs. First part of every program; the host puts
 * flips.cl or swaps.cl behind it. Options (-D):
 *
 *   PER_ITEM  lanes of a work-item: 64, the whole group, on processors (vectors of 64 as clang has them), or 1, a work-group being
 *             the group
 *   BITS      8, 16 or 32: width of the lanes' fields
 *   MODE      0 sa, 1 pt, 2 sqa
 */
#define LANES 64
#define BLOCKS (LANES / PER_ITEM)
#define THRESHOLD_MAX ((1 << 30) - 1)
#define THRESHOLD_MIN (-(1 << 30))

#define SA 0
#define PT 1
#define SQA 2

/* Items of the launch header; the exchange constants follow at EXCHANGE. */
enum { RULE, SEED, GROUP, BEGIN, END, COUNT, TRACK, WIDTH, RUNGS, FRACTION, RING, EXCHANGE = 16 };

#if PER_ITEM == 64
#define WIDE(type) type __attribute__((ext_vector_type(64)))
#define CONVERT(x, type) __builtin_convertvector(x, type)
/* one work-item has all lanes: nothing to wait for */
#define MEET()
#else
#define WIDE(type) type
#define CONVERT(x, type) ((type)(x))
#define MEET() barrier(CLK_GLOBAL_MEM_FENCE | CLK_LOCAL_MEM_FENCE)
#endif

typedef WIDE(short) shorts;
typedef WIDE(ushort) ushorts;
typedef WIDE(int) ints;
typedef WIDE(uint) uints;
typedef WIDE(long) longs;

typedef union {
	ints v;
	int  e[PER_ITEM];
} ints_of;
typedef union {
	uints v;
	uint  e[PER_ITEM];
} uints_of;
typedef union {
	longs v;
	long  e[PER_ITEM];
} longs_of;

static ulong mix(ulong z)
{
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
	return z ^ (z >> 31);
}

static uint reseed(ulong seed, uint group, ulong sweep)
{
	const ulong golden = 0x9E3779B97F4A7C15UL;
	ulong       z = mix(seed + golden);
	uint        x;

	z = mix(z + golden * ((ulong)group + 1));
	z = mix(z + golden * (sweep + 1));
	x = (uint)(z >> 32);
	return x ? x : 1;
}

static uint advance(uint x)
{
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x;
}

static uint random_bits(uint x)
{
	return (x * 0x9E3779B1u) >> 16;
}

/* Place of lane 0's draw in the doubled rows: row * 128 + rotation. */
static uint rotated(uint bits)
{
	return bits + (bits & ~63u);
}

/* A draw with 12 binary places. */
static int noise_at(global const ushort *noise, uint heat, uint at)
{
	return heat ? 2 * (int)(short)noise[at] : noise[at];
}

static long clamp_threshold(long value)
{
	return value > THRESHOLD_MAX ? THRESHOLD_MAX : value < THRESHOLD_MIN ? THRESHOLD_MIN : value;
}

/* taut_machine_shift */
static long shifted(long value, int s)
{
	if (s >= 0)
		return clamp_threshold(value >> (s > 62 ? 62 : s));
	if (s < -31)
		s = -31;
	return clamp_threshold(clamp_threshold(value) * (1L << -s));
}

static uint mantissa_of(uint temperature)
{
	return temperature & 0xFFFF;
}

static int shift_of(uint temperature)
{
	return (int)temperature >> 16;
}

/* A lane's temperature of a sweep whose entries begin there. */
static uint temperature_of(global const uint *table, uint width, uint lane, global const uint *rung)
{
	return table[width == 1 ? 0 : MODE == PT ? rung[lane] : lane];
}

/* Jumps of rungs after a sweep by one work-item: taut_machine_exchange of all ladders. energy and rung: [64]; accepted:
 * [64], ladder j's pair k at j * rungs + k. */
static void exchange_rungs(global const ulong *launch, global const ushort *noise, uint generator, ulong sweep,
                           global const long *energy, global uint *rung, global uint *accepted)
{
	const uint rungs = (uint)launch[RUNGS];
	const uint bits = random_bits(advance(generator));
	const int  places = (int)launch[FRACTION] - 12;

	for (uint first = 0; first + rungs <= LANES; first += rungs) {
		uint at[LANES]; /* lane of each rung */

		for (uint l = first; l < first + rungs; l++)
			at[rung[l]] = l;
		for (uint k = (uint)sweep & 1; k + 1 < rungs; k += 2) {
			const uint colder = at[k];
			const uint hotter = at[k + 1];
			const long apart = energy[hotter] - energy[colder];
			const long held = apart > INT_MAX ? INT_MAX : apart < INT_MIN ? INT_MIN : apart;
			const int  draw = noise_at(noise, (uint)launch[RULE], rotated(bits) + first + k);

			if ((long)launch[EXCHANGE + k] * held > draw * (1L << places))
				continue;
			rung[colder] = k + 1;
			rung[hotter] = k;
			accepted[first + k]++;
		}
	}
}
