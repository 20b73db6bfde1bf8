/*
 * Permutations by kept fields (host/backend/cpu/swap.h derives them): a lane keeps
 *
 *   G[a][k] = sum_t sum_b x_t[b][a] y_t[p(b)][k]
 *
 * all modulo 2^32; exchanging the images l and m of u and v changes the energy by
 * G[u][m] - G[u][l] + G[v][l] - G[v][m] + P_uv Q_lm. One work-item is one lane (PER_ITEM 1). data: x_0, y_0, x_1, y_1, P, Q, [n][n] each.
 * Further option: LANE_MAJOR 1: a lane's G lies together (processors), 0: lanes side by side (GPUs).
 */
#if LANE_MAJOR
#define AT(a, k) (((size_t)(a)) * n + (k))
#else
#define AT(a, k) ((((size_t)(a)) * n + (k)) * LANES)
#endif

static global uint *fields_of_lane(global uint *fields, uint n, uint g, uint lane)
{
#if LANE_MAJOR
	return fields + ((size_t)g * LANES + lane) * n * n;
#else
	return fields + (size_t)g * LANES * n * n + lane;
#endif
}

/* One work-item for every lane of every group. positions: [groups][64][n]. */
kernel void start(global const ushort *positions, global uint *all, global const uint *restrict data, uint n, uint terms, ulong count)
{
	const size_t         at = get_global_id(0);
	global const ushort *p = positions + at * n;
	global uint         *fields;

	if (at >= count)
		return;
	fields = fields_of_lane(all, n, (uint)(at / LANES), (uint)(at % LANES));
	for (uint a = 0; a < n; a++) {
		for (uint k = 0; k < n; k++)
			fields[AT(a, k)] = 0;
		for (uint t = 0; t < terms; t++) {
			global const uint *x = data + (size_t)(2 * t) * n * n;
			global const uint *y = x + (size_t)n * n;

			for (uint b = 0; b < n; b++) {
				const uint factor = x[(size_t)b * n + a];

				if (factor)
					for (uint k = 0; k < n; k++)
						fields[AT(a, k)] += factor * y[(size_t)p[b] * n + k];
			}
		}
	}
}

/* The images of u and v are exchanged: p(u) becomes m, p(v) becomes l. */
static void follow(global uint *restrict fields, global const uint *restrict data, uint n, uint terms, uint u, uint v, uint l, uint m)
{
	for (uint t = 0; t < terms; t++) {
		global const uint *xu = data + (size_t)(2 * t) * n * n + (size_t)u * n;
		global const uint *xv = data + (size_t)(2 * t) * n * n + (size_t)v * n;
		global const uint *y = data + (size_t)(2 * t + 1) * n * n;

		for (uint a = 0; a < n; a++) {
			const uint factor = xu[a] - xv[a];

			if (factor)
				for (uint k = 0; k < n; k++)
					fields[AT(a, k)] += factor * (y[(size_t)m * n + k] - y[(size_t)l * n + k]);
		}
	}
}

kernel __attribute__((reqd_work_group_size(LANES, 1, 1))) void
anneal(global const ulong *restrict launch, global const uint *restrict table, global const ushort *restrict noise, uint n, uint terms,
       global const uint *restrict data, global ushort *positions, global uint *all, global long *energies,
       global uint *rungs)
{
	const uint           g = (uint)get_group_id(0);
	const uint           lane = (uint)get_local_id(0);
	const uint           width = (uint)launch[WIDTH];
	const uint           heat = (uint)launch[RULE];
	const size_t         place = ((size_t)g * LANES + lane) * n;
	global ushort *const p = positions + place;
	global ushort *const best = p + get_num_groups(0) * LANES * n;
	global uint *const   fields = fields_of_lane(all, n, g, lane);
	global long *const   energy_at = energies + (size_t)g * 2 * LANES;
	global uint *const   rung = rungs + (size_t)g * 2 * LANES;
	global const uint   *p_uv = data + (size_t)4 * n * n;
	global const uint   *q_lm = p_uv + (size_t)n * n;
	long                 energy = energy_at[lane];
	long                 best_energy = energy_at[LANES + lane];

	for (ulong sweep = launch[BEGIN]; sweep < launch[END]; sweep++, table += width) {
		const uint temperature = temperature_of(table, width, lane, rung);
		uint       generator = reseed(launch[SEED], (uint)launch[GROUP] + g, sweep);

		for (uint u = 0; u < n; u++)
			for (uint v = u + 1; v < n; v++) {
				const uint l = p[u];
				const uint m = p[v];
				const int  change = (int)(fields[AT(u, m)] - fields[AT(u, l)] + fields[AT(v, l)] - fields[AT(v, m)] +
                                                         p_uv[(size_t)u * n + v] * q_lm[(size_t)l * n + m]);

				generator = advance(generator);
				const int draw = noise_at(noise, heat, rotated(random_bits(generator)) + lane);

				if (change > shifted((long)draw * mantissa_of(temperature), shift_of(temperature)))
					continue;
				p[u] = (ushort)m;
				p[v] = (ushort)l;
				energy += change;
				follow(fields, data, n, terms, u, v, l, m);
			}
#if MODE == PT
		energy_at[lane] = energy;
		MEET();
		if (lane == 0)
			exchange_rungs(launch, noise, generator, sweep, energy_at, rung, rung + LANES);
		MEET();
#endif
		if ((sweep >= launch[TRACK] || sweep + 1 == launch[COUNT]) && energy < best_energy) {
			best_energy = energy;
			for (uint a = 0; a < n; a++)
				best[a] = p[a];
		}
	}
	energy_at[lane] = energy;
	energy_at[LANES + lane] = best_energy;
}
