/*
 * A card in a process: memory by device address, compute units with registers, kernels as the host
 * compiler built them. It answers the calls of wire.h on one socket until that ends.
 *
 * TAUT_EMULATION_FAULT, a list NAME[:N] with commas, makes it fail:
 *   die_after_launches:N      the card's process ends while launch N + 1 runs
 *   bus_dies_after_launches:N so does its parent, which XRT itself started and waits for
 *   die_after_reads:N         the card's process ends at read N + 1 of its memory, which finds ones
 *   hang_after_launches:N     launch N + 1 and all later ones never end
 *   alloc_fails_above:BYTES   larger buffers are refused
 *   load_fails                the bitstream is refused
 *   wrong_abi                 kernels are called as if built for another contract
 *   wrong_hash                kernels report another hash
 */
#ifndef TAUT_EMULATION_CARD_H
#define TAUT_EMULATION_CARD_H

/* Never returns. */
_Noreturn void taut_card(int fd);

#endif
