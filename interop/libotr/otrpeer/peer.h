/* SPDX-License-Identifier: Apache-2.0 */

#ifndef OTRPEER_PEER_H
#define OTRPEER_PEER_H

/* libotr's message.h needs proto.h before it. */
#include <libotr/proto.h>
#include <libotr/message.h>
#include <libotr/privkey.h>

#include "line.h"

/* One user: an account with its own libotr user state. Several live in one
 * process; two of them may share the account name, as two logins do. */
struct user {
	struct user *next;
	char *id;
	char *account;
	char *protocol;
	OtrlUserState state;
	OtrlPolicy policy;
	int longest;    /* max_message_size: 0 for no limit */
	int logged_in;  /* what is_logged_in answers: 1, 0 or -1 */
	char *prefix;   /* resent_msg_prefix, NULL for libotr's own */
	int convert;    /* whether convert_msg marks the texts */
};

/* libotr's callbacks: each writes an event line. opdata is the user. */
extern const OtrlMessageAppOps callbacks;

/* Writes who and where: "id", "peer", and the tag of the instance. */
void put_context(const struct user *user, const ConnContext *context);

/* Writes "state" event lines for every context of the user. */
void describe_contexts(const struct user *user);

/* Writes one "secrets" event line: the D-H keys and SMP exponents of context. */
void describe_secrets(const struct user *user, const ConnContext *context);

/* Ways to answer, the context that a request names, and libotr's hook. */
void reply(const struct user *user, gcry_error_t err);
void refuse(const char *why);
ConnContext *find_context(const struct user *user, const struct line *line);
void add_app_data(void *data, ConnContext *context);

/* Requests about what a user keeps. */
void trust(struct user *user, const struct line *line);
void forget(struct user *user, const struct line *line);
void use_file(struct user *user, const struct line *line, int writing);
void whoami(struct user *user);

/* Requests that need no user. Returns 0 when the request is none of them. */
int probe(const char *request, const struct line *line);

#endif
