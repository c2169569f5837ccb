/* SPDX-License-Identifier: Apache-2.0 */

/* A process that speaks OTR with libotr: one JSON request per line on stdin;
 * event lines and then one "reply" line on stdout. See README.md beside this. */

#define _GNU_SOURCE
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct user *users;

/* libotr asks this program for the time, because its own time() comes before
 * the C library's: tests decide when a heartbeat is due. */
static time_t now = 1700000000;

time_t time(time_t *where)
{
	if (where != NULL)
		*where = now;
	return now;
}

void reply(const struct user *user, gcry_error_t err)
{
	line_begin("reply");
	if (user != NULL)
		line_put_word("id", user->id);
	line_put_number("err", gcry_err_code(err));
	line_end();
}

void refuse(const char *why)
{
	line_begin("refused");
	line_put_text("text", why);
	line_end();
}

static struct user *find_user(const char *id)
{
	for (struct user *at = users; at != NULL; at = at->next)
		if (id != NULL && strcmp(at->id, id) == 0)
			return at;
	return NULL;
}

static void replace_word(char **where, char *word)
{
	free(*where);
	*where = word;
}

/* What "new" and "set" both change. */
static void configure(struct user *user, const struct line *line)
{
	user->policy = (OtrlPolicy)line_number(line, "policy", user->policy);
	user->longest = (int)line_number(line, "longest", user->longest);
	user->logged_in = (int)line_number(line, "logged_in", user->logged_in);
	user->convert = (int)line_number(line, "convert", user->convert);
	if (line_word(line, "prefix") != NULL)
		replace_word(&user->prefix, line_bytes(line, "prefix", NULL));
}

/* A user with an empty state; one of the same id loses all that it had. */
static void new_user(const struct line *line)
{
	struct user *user = find_user(line_word(line, "id"));

	if (user == NULL) {
		user = calloc(1, sizeof *user);
		if (user == NULL)
			abort();
		user->id = strdup(line_word(line, "id"));
		user->next = users;
		users = user;
	} else {
		otrl_userstate_free(user->state);
	}
	user->state = otrl_userstate_create();
	user->policy = OTRL_POLICY_DEFAULT;
	user->longest = 0;
	user->logged_in = 1;
	user->convert = 0;
	replace_word(&user->prefix, NULL);
	replace_word(&user->account, line_text(line, "account", NULL));
	replace_word(&user->protocol, line_text(line, "protocol", NULL));
	configure(user, line);
	reply(user, 0);
}

/* A meta selector or a tag; libotr may add nothing here. */
ConnContext *find_context(const struct user *user, const struct line *line)
{
	char *peer = line_bytes(line, "peer", NULL);
	ConnContext *context = otrl_context_find(user->state, peer, user->account, user->protocol,
		(otrl_instag_t)line_number(line, "instance", OTRL_INSTAG_BEST), 0, NULL, NULL, NULL);
	free(peer);
	return context;
}

void add_app_data(void *data, ConnContext *context)
{
	line_begin("add_app_data");
	put_context(data, context);
	line_end();
}

static void put_tlvs(const OtrlTLV *tlvs)
{
	for (const OtrlTLV *at = tlvs; at != NULL; at = at->next) {
		line_begin("tlv");
		line_put_number("code", at->type);
		line_put_bytes("text", at->data, at->len);
		line_end();
	}
}

static void receive(struct user *user, const struct line *line)
{
	char *peer = line_bytes(line, "peer", NULL), *text = line_text(line, "text", NULL), *shown = NULL;
	OtrlTLV *tlvs = NULL;
	ConnContext *context = NULL;

	int internal = otrl_message_receiving(user->state, &callbacks, user, user->account, user->protocol,
		peer, text, &shown, &tlvs, &context, add_app_data, user);
	put_tlvs(tlvs);
	line_begin("reply");
	put_context(user, context);
	line_put_number("internal", internal);
	line_put_number("untouched", shown == NULL);
	if (!internal)
		line_put_text("text", shown == NULL ? text : shown);
	line_end();
	otrl_message_free(shown);
	otrl_tlv_free(tlvs);
	free(text);
	free(peer);
}

/* "tlvs" is a list of TYPE:BASE64, separated by spaces. */
static OtrlTLV *tlvs_field(const struct line *line)
{
	const char *at = line_word(line, "tlvs");
	OtrlTLV *first = NULL, **last = &first;

	while (at != NULL && *at != '\0') {
		char *data_start;
		unsigned short type = (unsigned short)strtoul(at, &data_start, 10);
		size_t length, text_length;
		if (*data_start != ':')
			break;
		data_start++;
		text_length = strcspn(data_start, " ");
		char *data = bytes_from_base64(data_start, text_length, &length);
		*last = otrl_tlv_new(type, (unsigned short)length, (unsigned char *)data);
		last = &(*last)->next;
		free(data);
		at = data_start + text_length;
		at += strspn(at, " ");
	}
	return first;
}

static void send_text(struct user *user, const struct line *line)
{
	char *peer = line_bytes(line, "peer", NULL), *text = line_text(line, "text", NULL), *instead = NULL;
	OtrlTLV *tlvs = tlvs_field(line);
	ConnContext *context = NULL;

	gcry_error_t err = otrl_message_sending(user->state, &callbacks, user, user->account, user->protocol, peer,
		(otrl_instag_t)line_number(line, "instance", OTRL_INSTAG_BEST), text, tlvs, &instead,
		(OtrlFragmentPolicy)line_number(line, "fragments", OTRL_FRAGMENT_SEND_ALL), &context, add_app_data, user);
	line_begin("reply");
	put_context(user, context);
	line_put_number("err", gcry_err_code(err));
	line_put_number("untouched", instead == NULL && err == 0);
	line_put_text("text", instead);
	line_end();
	otrl_message_free(instead);
	otrl_tlv_free(tlvs);
	free(text);
	free(peer);
}

static void query(struct user *user)
{
	char *text = otrl_proto_default_query_msg(user->account, user->policy);
	line_begin("reply");
	line_put_word("id", user->id);
	line_put_text("text", text);
	line_end();
	free(text);
}

static void smp_start(struct user *user, const struct line *line)
{
	size_t length;
	char *secret = line_text(line, "secret", &length), *question = line_bytes(line, "question", NULL);
	ConnContext *context = find_context(user, line);

	if (question == NULL)
		otrl_message_initiate_smp(user->state, &callbacks, user, context, (unsigned char *)secret, length);
	else
		otrl_message_initiate_smp_q(user->state, &callbacks, user, context, question, (unsigned char *)secret, length);
	free(secret);
	free(question);
	reply(user, 0);
}

static void smp_answer(struct user *user, const struct line *line)
{
	size_t length;
	char *secret = line_text(line, "secret", &length);
	otrl_message_respond_smp(user->state, &callbacks, user, find_context(user, line), (unsigned char *)secret, length);
	free(secret);
	reply(user, 0);
}

static void disconnect(struct user *user, const struct line *line)
{
	char *peer = line_bytes(line, "peer", NULL);
	if (line_number(line, "all", 0))
		otrl_message_disconnect_all_instances(user->state, &callbacks, user, user->account, user->protocol, peer);
	else
		otrl_message_disconnect(user->state, &callbacks, user, user->account, user->protocol, peer,
			(otrl_instag_t)line_number(line, "instance", OTRL_INSTAG_BEST));
	free(peer);
	reply(user, 0);
}

static void symkey(struct user *user, const struct line *line)
{
	unsigned char key[OTRL_EXTRAKEY_BYTES] = { 0 };
	size_t length = 0;
	char *data = line_bytes(line, "text", &length);
	gcry_error_t err = otrl_message_symkey(user->state, &callbacks, user, find_context(user, line),
		(unsigned int)line_number(line, "use", 0), (unsigned char *)data, length, key);
	free(data);
	line_begin("reply");
	line_put_word("id", user->id);
	line_put_number("err", gcry_err_code(err));
	line_put_bytes("key", key, sizeof key);
	line_end();
}

static void poll_now(struct user *user)
{
	otrl_message_poll(user->state, &callbacks, user);
	line_begin("reply");
	line_put_word("id", user->id);
	line_put_number("code", otrl_message_poll_get_default_interval(user->state));
	line_end();
}

/* Every context with the peer has secrets of its own. */
static void secrets(struct user *user, const struct line *line)
{
	char *peer = line_text(line, "peer", NULL);
	for (const ConnContext *at = user->state->context_root; at != NULL; at = at->next)
		if (strcmp(at->username, peer) == 0)
			describe_secrets(user, at);
	free(peer);
	reply(user, 0);
}

/* The signature of the user's key on "text", an integer, as libotr signs in
 * the AKE. */
static void sign(struct user *user, const struct line *line)
{
	size_t length, signature_length = 0;
	unsigned char *signature = NULL;
	char *text = line_text(line, "text", &length);
	OtrlPrivKey *key = otrl_privkey_find(user->state, user->account, user->protocol);
	gcry_error_t err = key == NULL ? GPG_ERR_NO_SECKEY
		: otrl_privkey_sign(&signature, &signature_length, key, (unsigned char *)text, length);

	line_begin("reply");
	line_put_number("err", gcry_err_code(err));
	line_put_bytes("text", signature, signature_length);
	line_end();
	free(signature);
	free(text);
}

/* Requests to a user. */
static void user_request(const char *request, struct user *user, const struct line *line)
{
	if (strcmp(request, "set") == 0) {
		configure(user, line);
		reply(user, 0);
	} else if (strcmp(request, "receive") == 0)
		receive(user, line);
	else if (strcmp(request, "send") == 0)
		send_text(user, line);
	else if (strcmp(request, "query") == 0)
		query(user);
	else if (strcmp(request, "smp_start") == 0)
		smp_start(user, line);
	else if (strcmp(request, "smp_answer") == 0)
		smp_answer(user, line);
	else if (strcmp(request, "smp_abort") == 0) {
		otrl_message_abort_smp(user->state, &callbacks, user, find_context(user, line));
		reply(user, 0);
	} else if (strcmp(request, "disconnect") == 0)
		disconnect(user, line);
	else if (strcmp(request, "symkey") == 0)
		symkey(user, line);
	else if (strcmp(request, "trust") == 0)
		trust(user, line);
	else if (strcmp(request, "forget") == 0)
		forget(user, line);
	else if (strcmp(request, "read") == 0)
		use_file(user, line, 0);
	else if (strcmp(request, "write") == 0)
		use_file(user, line, 1);
	else if (strcmp(request, "whoami") == 0)
		whoami(user);
	else if (strcmp(request, "poll") == 0)
		poll_now(user);
	else if (strcmp(request, "state") == 0) {
		describe_contexts(user);
		reply(user, 0);
	} else if (strcmp(request, "secrets") == 0)
		secrets(user, line);
	else if (strcmp(request, "sign") == 0)
		sign(user, line);
	else
		refuse("unknown request");
}

static void handle(char *text)
{
	struct line line;
	const char *request = line_parse(&line, text) == 0 ? line_word(&line, "do") : NULL;
	struct user *user;

	if (request == NULL)
		refuse("not a request");
	else if (strcmp(request, "clock") == 0) {
		now = (time_t)line_number(&line, "now", now);
		reply(NULL, 0);
	} else if (strcmp(request, "new") == 0 && line_word(&line, "id") != NULL)
		new_user(&line);
	else if (probe(request, &line))
		;
	else if ((user = find_user(line_word(&line, "id"))) == NULL)
		refuse("no such user");
	else
		user_request(request, user, &line);
	fflush(stdout);
}

int main(void)
{
	char *text = NULL;
	size_t capacity = 0;

	gcry_control(GCRYCTL_ENABLE_QUICK_RANDOM, 0);
	OTRL_INIT;
	while (getline(&text, &capacity, stdin) > 0)
		handle(text);
	free(text);
	return 0;
}
