/*
 * Every pragma of the kernels, once per tool: Vitis HLS, PandA-Bambu, none. Macros stand on a line
 * of their own without a semicolon, at the head of the body of the loop or function they speak of.
 *
 * Bambu rejects PIPELINE, s_axilite, DATAFLOW and positional forms of INTERFACE, wants UNROLL before
 * the loop and ignores how arrays are stored: it is given the memory ports and nothing else.
 *
 * -DTAUT_HLS_VITIS or -DTAUT_HLS_BAMBU choose a form by hand, for looking at what a tool is given.
 */
#ifndef TAUT_HLS_KERNEL_PRAGMAS_H
#define TAUT_HLS_KERNEL_PRAGMAS_H

#define TAUT_PRAGMA_TEXT(text) _Pragma(#text)
#define TAUT_PRAGMA_EXPANDED(text) TAUT_PRAGMA_TEXT(text)

/* clang-format off */
#if defined __VITIS_HLS__ || defined __SYNTHESIS__ || defined TAUT_HLS_VITIS

#define TAUT_PRAGMA(text) TAUT_PRAGMA_EXPANDED(text) /* macros in the text are expanded */
#define TAUT_INTERFACE_BURST(port_, bundle_) \
	TAUT_PRAGMA(HLS INTERFACE m_axi port = port_ bundle = bundle_ offset = slave max_read_burst_length = 64 max_write_burst_length = 64 num_read_outstanding = 16) \
	TAUT_PRAGMA(HLS INTERFACE s_axilite port = port_ bundle = control)
#define TAUT_INTERFACE_CONTROL(port_) TAUT_PRAGMA(HLS INTERFACE s_axilite port = port_ bundle = control)

#elif defined __BAMBU__ || defined TAUT_HLS_BAMBU

#define TAUT_PRAGMA(text)
#define TAUT_INTERFACE_BURST(port_, bundle_) \
	TAUT_PRAGMA_EXPANDED(HLS interface port = port_ mode = m_axi offset = direct bundle = bundle_)
#define TAUT_INTERFACE_CONTROL(port_)

#else

#define TAUT_PRAGMA(text)
#define TAUT_INTERFACE_BURST(port_, bundle_)
#define TAUT_INTERFACE_CONTROL(port_)
#if defined __GNUC__ /* labels name loops in reports; no goto uses them */
#pragma GCC diagnostic ignored "-Wunused-label"
#endif

#endif

/* TAUT_INTERFACE_BURST(port, bundle)   512-bit bursts from card memory, its address in the register map
 * TAUT_INTERFACE_CONTROL(port)         a register; port `return` starts and ends the kernel */

/* Loops. TAUT_HLS_COUNT: the test benches count cycles by the stated intervals, an interval each time
 * that a pipelined loop's body begins; neither the depths of pipelines nor waits for memory are in it. */
#ifdef TAUT_HLS_COUNT
#include <stdint.h>
extern uint64_t taut_hls_cycles;
#define TAUT_PIPELINE(ii_)     taut_hls_cycles += (ii_);
#else
#define TAUT_PIPELINE(ii_)     TAUT_PRAGMA(HLS PIPELINE II = ii_)
#endif
#define TAUT_PIPELINE_OFF      TAUT_PRAGMA(HLS PIPELINE off)
#define TAUT_UNROLL            TAUT_PRAGMA(HLS UNROLL)
#define TAUT_UNROLL_BY(n_)     TAUT_PRAGMA(HLS UNROLL factor = n_)
#define TAUT_FLATTEN_OFF       TAUT_PRAGMA(HLS LOOP_FLATTEN off)
#define TAUT_TRIP(lo_, hi_)    TAUT_PRAGMA(HLS LOOP_TRIPCOUNT min = lo_ max = hi_)

/* Functions. */
#define TAUT_INLINE            TAUT_PRAGMA(HLS INLINE)
#define TAUT_INLINE_OFF        TAUT_PRAGMA(HLS INLINE off)
#define TAUT_DATAFLOW          TAUT_PRAGMA(HLS DATAFLOW)

/* Arrays; dim counts from 1, 0 is all dimensions. */
#define TAUT_PARTITION(array_, dim_)                  TAUT_PRAGMA(HLS ARRAY_PARTITION variable = array_ complete dim = dim_)
#define TAUT_PARTITION_CYCLIC(array_, factor_, dim_)  TAUT_PRAGMA(HLS ARRAY_PARTITION variable = array_ cyclic factor = factor_ dim = dim_)
#define TAUT_PARTITION_BLOCK(array_, factor_, dim_)   TAUT_PRAGMA(HLS ARRAY_PARTITION variable = array_ block factor = factor_ dim = dim_)
#define TAUT_RESHAPE(array_, dim_)                    TAUT_PRAGMA(HLS ARRAY_RESHAPE variable = array_ complete dim = dim_)
#define TAUT_BIND_URAM(array_)                        TAUT_PRAGMA(HLS BIND_STORAGE variable = array_ type = RAM_2P impl = URAM)
#define TAUT_BIND_BRAM(array_)                        TAUT_PRAGMA(HLS BIND_STORAGE variable = array_ type = RAM_2P impl = BRAM)
#define TAUT_BIND_BRAM_PAIR(array_)                   TAUT_PRAGMA(HLS BIND_STORAGE variable = array_ type = RAM_S2P impl = BRAM)
#define TAUT_BIND_LUTRAM(array_)                      TAUT_PRAGMA(HLS BIND_STORAGE variable = array_ type = RAM_2P impl = LUTRAM)
#define TAUT_STREAM(array_, depth_)                   TAUT_PRAGMA(HLS STREAM variable = array_ depth = depth_)
#define TAUT_AGGREGATE(port_)                         TAUT_PRAGMA(HLS AGGREGATE variable = port_ compact = bit)
#define TAUT_BIND_READERS(array_)                     TAUT_PRAGMA(HLS BIND_STORAGE variable = array_ type = RAM_1WNR impl = URAM)
/* No iteration reads what an earlier one that is still in flight writes; the caller has proven it. */
#define TAUT_NO_DEPENDENCE(array_)                    TAUT_PRAGMA(HLS DEPENDENCE variable = array_ inter false)
/* What an iteration writes is read by the distance_-th after it at the earliest. */
#define TAUT_DEPENDENCE_DISTANCE(array_, distance_)   TAUT_PRAGMA(HLS DEPENDENCE variable = array_ inter RAW distance = distance_ true)
/* clang-format on */

/* One word from or to card memory: whole for Vitis, item by item for Bambu, to which an assignment of structs is a memcpy. */
#if defined __BAMBU__ || defined TAUT_HLS_BAMBU
#define TAUT_COPY_WORD(to_, from_)                                                                 \
	do {                                                                                       \
		for (int item_ = 0; item_ < 8; item_++)                                            \
			(to_).v[item_] = (from_).v[item_];                                         \
	} while (0)
#else
#define TAUT_COPY_WORD(to_, from_) ((to_) = (from_))
#endif

/* How large on-chip arrays are declared: outside the tops' stacks, one call at a time. */
#define TAUT_ON_CHIP static

#endif
