/* Rows of dense problems, added to the fields of one read. */

static void lone_add_row(int32_t *fields, const int8_t *row, uint32_t n, int32_t by)
{
	const size_t end = ((size_t)n + 63) / 64 * 64;

	/* no multiplication where the couplings have no factor */
	if (by == 1)
		for (size_t j = 0; j < end; j++)
			fields[j] += row[j];
	else if (by == -1)
		for (size_t j = 0; j < end; j++)
			fields[j] -= row[j];
	else
		for (size_t j = 0; j < end; j++)
			fields[j] += by * row[j];
}
