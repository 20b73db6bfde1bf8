#include "backend/cpu/ladders.h"

#include <assert.h>

#include "backend/encode.h"

void taut_cpu_ladders_init(taut_cpu_ladders *l, const taut_schedule *s, const taut_noise *noise,
                           uint32_t first, uint32_t lanes)
{
	const bool heat = s->acceptance == TAUT_ACCEPTANCE_HEATBATH;

	assert(s->n_rungs >= 2 && s->n_rungs <= TAUT_LANES && first + lanes <= TAUT_LANES);
	assert(first % s->n_rungs == 0);
	*l = (taut_cpu_ladders){
		.rungs = s->n_rungs,
		.begin = first / s->n_rungs,
		.end = (first + lanes) / s->n_rungs,
		.rule = heat ? TAUT_RULE_HEATBATH : TAUT_RULE_METROPOLIS,
		.noise = heat ? (const void *)noise->heatbath : noise->metropolis,
	};
	for (uint32_t r = 0; r < l->rungs; r++)
		l->temperature[r] = taut_encode_temperature(s->rungs[r]);
	l->fraction = taut_encode_exchange(l->exchange, l->temperature, l->rungs);
	for (uint32_t lane = 0; lane < TAUT_LANES; lane++) {
		l->rung[lane] = (uint8_t)(lane % l->rungs);
		l->lane[lane] = (uint8_t)lane;
	}
}

void taut_cpu_ladders_temperatures(taut_temperature *out, const taut_cpu_ladders *l)
{
	for (uint32_t lane = 0; lane < TAUT_LANES; lane++)
		out[lane] = l->temperature[l->rung[lane]];
}

void taut_cpu_ladders_exchange(taut_cpu_ladders *l, taut_cpu_exchanges *counts, uint32_t generator,
                               uint64_t sweep, const int64_t energy[TAUT_LANES])
{
	const uint32_t bits = taut_machine_bits(taut_machine_advance(generator));

	for (uint32_t ladder = l->begin; ladder < l->end; ladder++) {
		const uint32_t first = ladder * l->rungs;

		for (uint32_t k = sweep & 1; k + 1 < l->rungs; k += 2) {
			uint8_t *const colder = &l->lane[first + k];
			uint8_t *const hotter = colder + 1;
			const uint8_t  lane = *colder;
			const int32_t  draw = taut_machine_noise(l->noise, l->rule,
			                                         taut_machine_draw(bits, first + k));

			counts->proposed[k]++;
			if (!taut_machine_exchange(l->exchange[k], l->fraction, energy[lane],
			                           energy[*hotter], draw))
				continue;
			counts->accepted[k]++;
			*colder = *hotter;
			*hotter = lane;
			l->rung[*colder] = (uint8_t)k;
			l->rung[*hotter] = (uint8_t)(k + 1);
		}
	}
}
