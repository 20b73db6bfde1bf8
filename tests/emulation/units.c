#define _GNU_SOURCE
#include "units.h"

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Bits of the control register of a kernel of Vitis. */
enum { control_start = 1, control_done = 2, control_idle = 4 };

/* A whole file with a 0 behind it, or NULL. The caller frees. */
static char *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	long  length;

	if (f == NULL)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0 && (length = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0) {
		text = malloc((size_t)length + 1);
		if (text != NULL && fread(text, 1, (size_t)length, f) != (size_t)length) {
			free(text);
			text = NULL;
		}
		if (text != NULL) {
			text[length] = 0;
			*size = (size_t)length;
		}
	}
	(void)fclose(f);
	return text;
}

static bool write_file(const char *path, const char *data, size_t size)
{
	FILE *f = fopen(path, "wb");
	bool  ok;

	if (f == NULL)
		return false;
	ok = fwrite(data, 1, size, f) == size;
	return fclose(f) == 0 && ok;
}

/* Value of an attribute within the tag at `tag`; false when it is not there. */
static bool attribute(char *out, size_t room, const char *tag, const char *name)
{
	char        key[32];
	const char *end = strchr(tag, '>'), *at, *close;

	(void)snprintf(key, sizeof key, " %s=\"", name);
	at = strstr(tag, key);
	if (end == NULL || at == NULL || at > end)
		return false;
	at += strlen(key);
	close = strchr(at, '"');
	if (close == NULL || (size_t)(close - at) >= room)
		return false;
	memcpy(out, at, (size_t)(close - at));
	out[close - at] = 0;
	return true;
}

static void *run_kernel(void *argument)
{
	taut_unit *u = argument;

	u->top(u->abi, u->argument[1], u->argument[2], u->argument[3], u->argument[4],
	       u->argument[5], u->argument[6]);
	if (u->wrong_abi)
		u->argument[6]->v[0] += UINT64_C(1) << 32; /* item TAUT_STATUS_ABI */
	if (u->wrong_hash)
		u->argument[6]->v[TAUT_STATUS_HASH / 2] ^= 1u;
	(void)pthread_mutex_lock(&u->lock);
	u->state = TAUT_UNIT_DONE;
	(void)pthread_cond_signal(&u->changed);
	(void)pthread_mutex_unlock(&u->lock);
	return NULL;
}

static void clear(taut_units *units)
{
	for (size_t k = 0; k < units->n; k++) {
		taut_unit *u = &units->unit[k];

		if (u->joinable)
			(void)pthread_join(u->thread, NULL);
		(void)pthread_mutex_destroy(&u->lock);
		(void)pthread_cond_destroy(&u->changed);
		(void)dlclose(u->library);
	}
	units->n = 0;
}

static bool add_unit(taut_units *units, const char *kernel, const char *instance, uint64_t base,
                     const char *object_path)
{
	taut_unit *u = &units->unit[units->n];
	char       path[4096];
	size_t     size;
	char      *object = read_file(object_path, &size);
	bool       ok =
		object != NULL && units->n < TAUT_UNITS_MAX &&
		snprintf(path, sizeof path, "%s.%zu.so", object_path, units->n) < (int)sizeof path;

	memset(u, 0, sizeof *u);
	ok = ok && write_file(path, object, size);
	free(object);
	u->library = ok ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	if (u->library == NULL) {
		const char *why = ok ? dlerror() : strerror(errno);

		(void)fprintf(stderr,
		              "emulated card: cannot load the bitstream's shared object: %s\n",
		              why);
		return false;
	}
	void *symbol = dlsym(u->library, kernel);
	if (symbol == NULL) {
		(void)fprintf(stderr, "emulated card: the bitstream has no kernel %s\n", kernel);
		(void)dlclose(u->library);
		return false;
	}
	memcpy(&u->top, &symbol, sizeof symbol);
	(void)snprintf(u->name, sizeof u->name, "%s:%s", kernel, instance);
	u->base = base;
	(void)pthread_mutex_init(&u->lock, NULL);
	(void)pthread_cond_init(&u->changed, NULL);
	units->n++;
	return true;
}

bool taut_units_load(taut_units *units, const char *xml_path, const char *object_path)
{
	size_t size = 0;
	char  *xml = read_file(xml_path, &size);
	char   kernel[32] = "", instance[32], base[32];
	bool   ok = xml != NULL;

	clear(units);
	for (const char *at = xml; ok && at != NULL && (at = strchr(at, '<')) != NULL; at++) {
		if (strncmp(at, "<kernel ", 8) == 0)
			ok = attribute(kernel, sizeof kernel, at, "name");
		if (strncmp(at, "<instance ", 10) != 0)
			continue;
		const char *remap = strstr(at, "<addrRemap ");

		ok = attribute(instance, sizeof instance, at, "name") && remap != NULL &&
		     attribute(base, sizeof base, remap, "base") &&
		     add_unit(units, kernel, instance, strtoull(base, NULL, 0), object_path);
	}
	if (ok && units->n == 0)
		ok = false;
	if (!ok)
		(void)fprintf(stderr, "emulated card: the bitstream's metadata name no kernel that "
		                      "can be loaded\n");
	free(xml);
	return ok;
}

taut_unit *taut_units_at(taut_units *units, uint64_t address)
{
	for (size_t k = 0; k < units->n; k++)
		if (address >= units->unit[k].base &&
		    address - units->unit[k].base < TAUT_REGISTER_BYTES)
			return &units->unit[k];
	return NULL;
}

bool taut_units_busy(taut_units *units)
{
	for (size_t k = 0; k < units->n; k++)
		if (taut_unit_control(&units->unit[k]) & control_start)
			return true;
	return false;
}

/* A register or a pair of them. */
static uint64_t get_register(const taut_unit *u, uint32_t offset, uint32_t bytes)
{
	uint64_t value = 0;

	for (uint32_t k = 0; k < bytes; k++)
		value |= (uint64_t)u->registers[offset + k] << (8 * k);
	return value;
}

bool taut_unit_start(taut_unit *u, const taut_memory *memory)
{
	static const uint32_t offset[TAUT_KERNEL_ARGUMENTS] = {
		TAUT_REGISTER_ABI,     TAUT_REGISTER_LAUNCH,    TAUT_REGISTER_NOISE,
		TAUT_REGISTER_PROBLEM, TAUT_REGISTER_COUPLINGS, TAUT_REGISTER_STATE,
		TAUT_REGISTER_STATUS};

	for (size_t k = 1; k < TAUT_KERNEL_ARGUMENTS; k++) {
		const uint64_t address = get_register(u, offset[k], 8);
		uint8_t       *at = taut_memory_at(memory, address, TAUT_WORD_BYTES);

		if (at == NULL || address % TAUT_WORD_BYTES != 0) {
			(void)fprintf(stderr,
			              "emulated card: argument %zu of %s is 0x%" PRIx64
			              ": not a word of a buffer\n",
			              k, u->name, address);
			return false;
		}
		u->argument[k] = (taut_word *)(void *)at;
	}
	u->abi = (uint32_t)get_register(u, TAUT_REGISTER_ABI, 4) + u->wrong_abi;
	if (u->joinable)
		(void)pthread_join(u->thread, NULL);
	u->state = TAUT_UNIT_RUNNING;
	u->joinable = pthread_create(&u->thread, NULL, run_kernel, u) == 0;
	return u->joinable;
}

uint32_t taut_unit_control(taut_unit *u)
{
	uint32_t control = control_idle;

	(void)pthread_mutex_lock(&u->lock);
	if (u->state == TAUT_UNIT_RUNNING) {
		struct timespec until;

		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 500000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		(void)pthread_cond_timedwait(&u->changed, &u->lock, &until);
	}
	if (u->state == TAUT_UNIT_RUNNING)
		control = control_start;
	else if (u->state == TAUT_UNIT_DONE)
		control = control_done | control_idle;
	(void)pthread_mutex_unlock(&u->lock);
	return control;
}
