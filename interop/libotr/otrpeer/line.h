/* SPDX-License-Identifier: Apache-2.0 */

/* One JSON object per line: members are integers, or strings without escapes.
 * A string that carries bytes carries them in base64. */

#ifndef OTRPEER_LINE_H
#define OTRPEER_LINE_H

#include <stddef.h>

enum { LINE_FIELDS = 32 };

struct field {
	const char *key;
	const char *value;
};

/* A request: the fields point into the text that was parsed. */
struct line {
	struct field fields[LINE_FIELDS];
	int count;
};

/* Parses text in place. Returns 0, or -1 when it is not such an object. */
int line_parse(struct line *line, char *text);

/* The value of key, or NULL when there is none. */
const char *line_word(const struct line *line, const char *key);

/* The value of key as an integer, or otherwise when there is none. */
long long line_number(const struct line *line, const char *key, long long otherwise);

/* The decoded bytes of key, with one NUL behind them, to be freed by the
 * caller; NULL when there is none. length may be NULL. */
char *line_bytes(const struct line *line, const char *key, size_t *length);

/* The same, but empty when there is none. */
char *line_text(const struct line *line, const char *key, size_t *length);

/* Bytes from base64, with one NUL behind them, to be freed by the caller. */
char *bytes_from_base64(const char *text, size_t text_length, size_t *length);

/* Writing a line: begin, any number of puts, end. */
void line_begin(const char *event);
void line_put_number(const char *key, long long value);
void line_put_word(const char *key, const char *value);
void line_put_bytes(const char *key, const void *bytes, size_t length);
void line_put_text(const char *key, const char *text); /* nothing for NULL */
void line_end(void);

#endif
