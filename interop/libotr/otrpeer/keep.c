/* SPDX-License-Identifier: Apache-2.0 */

/* What a user keeps between conversations: trust, keys, tags and their files. */

#include "peer.h"

#include <stdlib.h>
#include <string.h>

static Fingerprint *find_fingerprint(const ConnContext *context, const struct line *line)
{
	char *wanted = line_bytes(line, "fingerprint", NULL);
	Fingerprint *at = context == NULL || wanted == NULL ? NULL : context->m_context->fingerprint_root.next;

	while (at != NULL && memcmp(at->fingerprint, wanted, 20) != 0)
		at = at->next;
	free(wanted);
	return at;
}

void trust(struct user *user, const struct line *line)
{
	Fingerprint *fingerprint = find_fingerprint(find_context(user, line), line);
	char *value = line_bytes(line, "text", NULL);

	if (fingerprint == NULL)
		refuse("no such fingerprint");
	else {
		otrl_context_set_trust(fingerprint, value);
		reply(user, 0);
	}
	free(value);
}

/* A whole context without "fingerprint", else that fingerprint. */
void forget(struct user *user, const struct line *line)
{
	ConnContext *context = find_context(user, line);
	Fingerprint *fingerprint = find_fingerprint(context, line);

	if (context == NULL || (line_word(line, "fingerprint") != NULL && fingerprint == NULL)) {
		refuse("no such context or fingerprint");
	} else if (fingerprint != NULL) {
		otrl_context_forget_fingerprint(fingerprint, 0);
		reply(user, 0);
	} else {
		int busy = otrl_context_forget(context);
		line_begin("reply");
		line_put_word("id", user->id);
		line_put_number("code", busy);
		line_end();
	}
}

/* "read" and "write": "what" names the file, "path" says where. */
void use_file(struct user *user, const struct line *line, int writing)
{
	const char *what = line_word(line, "what");
	char *path = line_bytes(line, "path", NULL);
	gcry_error_t err = GPG_ERR_INV_ARG;

	if (what == NULL || path == NULL)
		;
	else if (strcmp(what, "keys") == 0)
		err = writing ? otrl_privkey_generate(user->state, path, user->account, user->protocol)
			: otrl_privkey_read(user->state, path);
	else if (strcmp(what, "fingerprints") == 0)
		err = writing ? otrl_privkey_write_fingerprints(user->state, path)
			: otrl_privkey_read_fingerprints(user->state, path, add_app_data, user);
	else if (strcmp(what, "tags") == 0)
		err = writing ? otrl_instag_write(user->state, path) : otrl_instag_read(user->state, path);
	free(path);
	reply(user, err);
}

/* The user's own fingerprint and instance tag. */
void whoami(struct user *user)
{
	unsigned char fingerprint[20];
	OtrlInsTag *tag = otrl_instag_find(user->state, user->account, user->protocol);

	line_begin("reply");
	line_put_word("id", user->id);
	if (otrl_privkey_fingerprint_raw(user->state, fingerprint, user->account, user->protocol) != NULL)
		line_put_bytes("fingerprint", fingerprint, sizeof fingerprint);
	line_put_number("our", tag == NULL ? 0 : tag->instag);
	line_end();
}
