/* SPDX-License-Identifier: Apache-2.0 */

#include "line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *skip_space(char *at)
{
	while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
		at++;
	return at;
}

/* Reads a string without escapes, ends it with NUL and returns what follows. */
static char *take_string(char *at, const char **value)
{
	if (*at != '"')
		return NULL;
	*value = ++at;
	at += strcspn(at, "\"\\");
	if (*at != '"')
		return NULL;
	*at = '\0';
	return at + 1;
}

/* Reads a value. A number is ended by the separator that the caller reads
 * next, so the separator is handed back and replaced by NUL. */
static char *take_value(char *at, const char **value, char *separator)
{
	if (*at == '"') {
		at = take_string(at, value);
		if (at == NULL)
			return NULL;
	} else {
		*value = at;
		at += strspn(at, "-0123456789");
		if (at == *value)
			return NULL;
	}
	char *end = skip_space(at);
	*separator = *end;
	*at = '\0';
	return *separator == '\0' ? NULL : end + 1;
}

int line_parse(struct line *line, char *text)
{
	char separator = ',';
	char *at = skip_space(text);

	line->count = 0;
	if (*at++ != '{')
		return -1;
	while (separator == ',') {
		if (line->count == LINE_FIELDS)
			return -1;
		struct field *field = &line->fields[line->count++];
		at = take_string(skip_space(at), &field->key);
		if (at == NULL)
			return -1;
		at = skip_space(at);
		if (*at++ != ':')
			return -1;
		at = take_value(skip_space(at), &field->value, &separator);
		if (at == NULL)
			return -1;
	}
	return separator == '}' && *skip_space(at) == '\0' ? 0 : -1;
}

const char *line_word(const struct line *line, const char *key)
{
	for (int i = 0; i < line->count; i++)
		if (strcmp(line->fields[i].key, key) == 0)
			return line->fields[i].value;
	return NULL;
}

long long line_number(const struct line *line, const char *key, long long otherwise)
{
	const char *word = line_word(line, key);
	return word == NULL ? otherwise : strtoll(word, NULL, 10);
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *bytes_from_base64(const char *text, size_t text_length, size_t *length)
{
	char *bytes = malloc(text_length / 4 * 3 + 4);
	size_t used = 0;
	unsigned int bits = 0;
	int held = 0;

	if (bytes == NULL)
		abort();
	for (size_t i = 0; i < text_length && text[i] != '='; i++) {
		const char *digit = strchr(alphabet, text[i]);
		if (digit == NULL)
			continue;
		bits = bits << 6 | (unsigned int)(digit - alphabet);
		held += 6;
		if (held >= 8) {
			held -= 8;
			bytes[used++] = (char)(bits >> held & 0xff);
		}
	}
	bytes[used] = '\0';
	if (length != NULL)
		*length = used;
	return bytes;
}

char *line_bytes(const struct line *line, const char *key, size_t *length)
{
	const char *word = line_word(line, key);
	return word == NULL ? NULL : bytes_from_base64(word, strlen(word), length);
}

char *line_text(const struct line *line, const char *key, size_t *length)
{
	const char *word = line_word(line, key);
	return bytes_from_base64(word == NULL ? "" : word, word == NULL ? 0 : strlen(word), length);
}

void line_begin(const char *event)
{
	printf("{\"event\":\"%s\"", event);
}

void line_put_number(const char *key, long long value)
{
	printf(",\"%s\":%lld", key, value);
}

void line_put_word(const char *key, const char *value)
{
	printf(",\"%s\":\"%s\"", key, value);
}

void line_put_bytes(const char *key, const void *bytes, size_t length)
{
	const unsigned char *in = bytes;

	printf(",\"%s\":\"", key);
	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		unsigned int group = (unsigned int)in[i] << 16;
		if (left > 1)
			group |= (unsigned int)in[i + 1] << 8;
		if (left > 2)
			group |= in[i + 2];
		putchar(alphabet[group >> 18]);
		putchar(alphabet[group >> 12 & 63]);
		putchar(left > 1 ? alphabet[group >> 6 & 63] : '=');
		putchar(left > 2 ? alphabet[group & 63] : '=');
	}
	putchar('"');
}

void line_put_text(const char *key, const char *text)
{
	if (text != NULL)
		line_put_bytes(key, text, strlen(text));
}

void line_end(void)
{
	puts("}");
}
