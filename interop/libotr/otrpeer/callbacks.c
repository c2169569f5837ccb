/* SPDX-License-Identifier: Apache-2.0 */

/* Every callback that libotr offers, reported as an event line. */

#include "peer.h"

#include <stdlib.h>
#include <string.h>

static void event(const char *name, const struct user *user)
{
	line_begin(name);
	line_put_word("id", user->id);
}

static void event_at(const char *name, const struct user *user, const ConnContext *context)
{
	line_begin(name);
	put_context(user, context);
}

void put_context(const struct user *user, const ConnContext *context)
{
	line_put_word("id", user->id);
	if (context == NULL)
		return;
	line_put_text("peer", context->username);
	line_put_number("their", context->their_instance);
}

static OtrlPolicy policy(void *opdata, ConnContext *context)
{
	struct user *user = opdata;
	event_at("policy", user, context);
	line_end();
	return user->policy;
}

static void create_privkey(void *opdata, const char *account, const char *protocol)
{
	event("create_privkey", opdata);
	line_put_text("account", account);
	line_put_text("protocol", protocol);
	line_end();
}

static int is_logged_in(void *opdata, const char *account, const char *protocol, const char *recipient)
{
	struct user *user = opdata;
	(void)account;
	(void)protocol;
	event("is_logged_in", user);
	line_put_text("peer", recipient);
	line_end();
	return user->logged_in;
}

static void inject_message(void *opdata, const char *account, const char *protocol, const char *recipient, const char *message)
{
	(void)account;
	(void)protocol;
	event("inject", opdata);
	line_put_text("peer", recipient);
	line_put_text("text", message);
	line_end();
}

static void update_context_list(void *opdata)
{
	event("update_context_list", opdata);
	line_end();
}

static void new_fingerprint(void *opdata, OtrlUserState us, const char *account, const char *protocol,
	const char *username, unsigned char fingerprint[20])
{
	(void)us;
	(void)account;
	(void)protocol;
	event("new_fingerprint", opdata);
	line_put_text("peer", username);
	line_put_bytes("fingerprint", fingerprint, 20);
	line_end();
}

static void write_fingerprints(void *opdata)
{
	event("write_fingerprints", opdata);
	line_end();
}

static void gone_secure(void *opdata, ConnContext *context)
{
	event_at("gone_secure", opdata, context);
	line_end();
}

static void gone_insecure(void *opdata, ConnContext *context)
{
	event_at("gone_insecure", opdata, context);
	line_end();
}

static void still_secure(void *opdata, ConnContext *context, int is_reply)
{
	event_at("still_secure", opdata, context);
	line_put_number("code", is_reply);
	line_end();
}

static int max_message_size(void *opdata, ConnContext *context)
{
	struct user *user = opdata;
	event_at("max_message_size", user, context);
	line_end();
	return user->longest;
}

static const char *account_name(void *opdata, const char *account, const char *protocol)
{
	(void)protocol;
	event("account_name", opdata);
	line_end();
	return strdup(account);
}

static void account_name_free(void *opdata, const char *name)
{
	event("account_name_free", opdata);
	line_end();
	free((char *)name);
}

static void received_symkey(void *opdata, ConnContext *context, unsigned int use,
	const unsigned char *data, size_t length, const unsigned char *key)
{
	event_at("received_symkey", opdata, context);
	line_put_number("use", use);
	line_put_bytes("text", data, length);
	line_put_bytes("key", key, OTRL_EXTRAKEY_BYTES);
	line_end();
}

static const char *otr_error_message(void *opdata, ConnContext *context, OtrlErrorCode code)
{
	static const char *const texts[] = {
		"", "the message was not encrypted", "not in private", "the message was unreadable", "the message was malformed",
	};
	event_at("otr_error_message", opdata, context);
	line_put_number("code", code);
	line_end();
	return strdup(texts[code]);
}

static void otr_error_message_free(void *opdata, const char *text)
{
	event("otr_error_message_free", opdata);
	line_end();
	free((char *)text);
}

static const char *resent_msg_prefix(void *opdata, ConnContext *context)
{
	struct user *user = opdata;
	event_at("resent_msg_prefix", user, context);
	line_end();
	return strdup(user->prefix == NULL ? "[resent]" : user->prefix);
}

static void resent_msg_prefix_free(void *opdata, const char *prefix)
{
	event("resent_msg_prefix_free", opdata);
	line_end();
	free((char *)prefix);
}

static void handle_smp_event(void *opdata, OtrlSMPEvent code, ConnContext *context,
	unsigned short percent, char *question)
{
	event_at("smp_event", opdata, context);
	line_put_number("code", code);
	line_put_number("percent", percent);
	line_put_text("text", question);
	line_end();
}

static void handle_msg_event(void *opdata, OtrlMessageEvent code, ConnContext *context,
	const char *message, gcry_error_t err)
{
	event_at("msg_event", opdata, context);
	line_put_number("code", code);
	line_put_number("err", err);
	line_put_text("text", message);
	line_end();
}

/* libotr demands a tag for version 3 and has no way to store one but a file. */
static void create_instag(void *opdata, const char *account, const char *protocol)
{
	struct user *user = opdata;
	event("create_instag", user);
	line_put_text("account", account);
	line_put_text("protocol", protocol);
	line_end();
	otrl_instag_generate(user->state, "/dev/null", account, protocol);
}

/* Marks the texts so that a test sees that both directions went through here:
 * the sender's convert_msg puts '>' in front, the receiver's '<'. */
static void convert_msg(void *opdata, ConnContext *context, OtrlConvertType direction, char **converted, const char *text)
{
	struct user *user = opdata;
	event_at("convert", user, context);
	line_put_number("code", direction);
	line_put_text("text", text);
	line_end();
	*converted = NULL;
	if (!user->convert)
		return;
	*converted = malloc(strlen(text) + 2);
	if (*converted == NULL)
		abort();
	(*converted)[0] = direction == OTRL_CONVERT_SENDING ? '>' : '<';
	strcpy(*converted + 1, text);
}

static void convert_free(void *opdata, ConnContext *context, char *converted)
{
	event_at("convert_free", opdata, context);
	line_end();
	free(converted);
}

static void timer_control(void *opdata, unsigned int interval)
{
	event("timer", opdata);
	line_put_number("code", interval);
	line_end();
}

const OtrlMessageAppOps callbacks = {
	.policy = policy,
	.create_privkey = create_privkey,
	.is_logged_in = is_logged_in,
	.inject_message = inject_message,
	.update_context_list = update_context_list,
	.new_fingerprint = new_fingerprint,
	.write_fingerprints = write_fingerprints,
	.gone_secure = gone_secure,
	.gone_insecure = gone_insecure,
	.still_secure = still_secure,
	.max_message_size = max_message_size,
	.account_name = account_name,
	.account_name_free = account_name_free,
	.received_symkey = received_symkey,
	.otr_error_message = otr_error_message,
	.otr_error_message_free = otr_error_message_free,
	.resent_msg_prefix = resent_msg_prefix,
	.resent_msg_prefix_free = resent_msg_prefix_free,
	.handle_smp_event = handle_smp_event,
	.handle_msg_event = handle_msg_event,
	.create_instag = create_instag,
	.convert_msg = convert_msg,
	.convert_free = convert_free,
	.timer_control = timer_control,
};
