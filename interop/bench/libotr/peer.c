/* The callbacks libotr needs, and a wire that keeps messages until libotr has returned. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gcrypt.h>
#include <libotr/instag.h>
#include <libotr/privkey.h>

#include "peer.h"

void die(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("bench_libotr: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

void check(int good, const char *what)
{
	if (!good)
		die("check failed: %s", what);
}

static OtrlPolicy policy = OTRL_POLICY_MANUAL;
int message_size;

static OtrlPolicy on_policy(void *data, ConnContext *context)
{
	(void)data, (void)context;
	return policy;
}

static void on_create_privkey(void *data, const char *account, const char *protocol)
{
	(void)data, (void)account, (void)protocol;
	die("a key is missing");
}

static void on_create_instag(void *data, const char *account, const char *protocol)
{
	struct side *s = data;
	FILE *f = fopen("/dev/null", "w");
	check(f && otrl_instag_generate_FILEp(s->us, f, account, protocol) == 0, "instance tag");
	fclose(f);
}

static int on_is_logged_in(void *data, const char *account, const char *protocol, const char *recipient)
{
	(void)data, (void)account, (void)protocol, (void)recipient;
	return 1;
}

/* A message is kept until libotr has returned: delivering it here would enter
 * the library again in the middle of its work. */
static void on_inject(void *data, const char *account, const char *protocol, const char *recipient,
		      const char *message)
{
	struct side *to = ((struct side *)data)->other;
	struct wired *w = malloc(sizeof *w);
	(void)account, (void)protocol, (void)recipient;
	check(w != NULL && (w->text = strdup(message)) != NULL, "memory");
	w->next = NULL;
	*to->last = w;
	to->last = &w->next;
}

static void on_nothing(void *data)
{
	(void)data;
}

static void on_new_fingerprint(void *data, OtrlUserState us, const char *account, const char *protocol,
			       const char *user, unsigned char fingerprint[20])
{
	(void)data, (void)us, (void)account, (void)protocol, (void)user, (void)fingerprint;
}

static void on_secure(void *data, ConnContext *context)
{
	struct side *s = data;
	s->context = context;
	s->secured++;
}

static void on_insecure(void *data, ConnContext *context)
{
	(void)data, (void)context;
}

static void on_still_secure(void *data, ConnContext *context, int is_reply)
{
	(void)is_reply;
	on_secure(data, context);
}

static int on_max_message_size(void *data, ConnContext *context)
{
	(void)data, (void)context;
	return message_size;
}

static void on_symkey(void *data, ConnContext *context, unsigned int use, const unsigned char *usedata,
		      size_t length, const unsigned char *key)
{
	(void)data, (void)context, (void)use, (void)usedata, (void)length, (void)key;
}

static const char *on_error(void *data, ConnContext *context, OtrlErrorCode code)
{
	(void)data, (void)context, (void)code;
	return "error";
}

static void on_free(void *data, const char *text)
{
	(void)data, (void)text;
}

static const char *on_resent(void *data, ConnContext *context)
{
	(void)data, (void)context;
	return "[resent]";
}

static void on_smp(void *data, OtrlSMPEvent event, ConnContext *context, unsigned short percent, char *question)
{
	struct side *s = data;
	(void)context, (void)percent, (void)question;
	switch (event) {
	case OTRL_SMPEVENT_ASK_FOR_SECRET:
		s->asked++;
		break;
	case OTRL_SMPEVENT_SUCCESS:
		s->succeeded++;
		break;
	case OTRL_SMPEVENT_IN_PROGRESS:
		break;
	default:
		s->failed++;
	}
}

static void on_message_event(void *data, OtrlMessageEvent event, ConnContext *context, const char *message,
			     gcry_error_t error)
{
	(void)data, (void)context, (void)message, (void)error;
	if (event != OTRL_MSGEVENT_LOG_HEARTBEAT_RCVD && event != OTRL_MSGEVENT_LOG_HEARTBEAT_SENT)
		die("message event %d", (int)event);
}

static void on_timer(void *data, unsigned int interval)
{
	(void)data, (void)interval;
}

const OtrlMessageAppOps ops = {
	.policy = on_policy,
	.create_privkey = on_create_privkey,
	.is_logged_in = on_is_logged_in,
	.inject_message = on_inject,
	.update_context_list = on_nothing,
	.new_fingerprint = on_new_fingerprint,
	.write_fingerprints = on_nothing,
	.gone_secure = on_secure,
	.gone_insecure = on_insecure,
	.still_secure = on_still_secure,
	.max_message_size = on_max_message_size,
	.received_symkey = on_symkey,
	.otr_error_message = on_error,
	.otr_error_message_free = on_free,
	.resent_msg_prefix = on_resent,
	.resent_msg_prefix_free = on_free,
	.handle_smp_event = on_smp,
	.handle_msg_event = on_message_event,
	.create_instag = on_create_instag,
	.timer_control = on_timer,
};

static void receive(struct side *s, const char *message)
{
	char *text = NULL;
	OtrlTLV *tlvs = NULL;
	int internal = otrl_message_receiving(s->us, &ops, s, s->account, PROTOCOL, s->peer, message, &text, &tlvs,
					      NULL, NULL, NULL);
	otrl_tlv_free(tlvs);
	if (internal || text == NULL) {
		otrl_message_free(text);
		return;
	}
	otrl_message_free(s->text);
	s->text = text;
}

static int deliver_one(struct side *s)
{
	struct wired *w = s->first;
	if (w == NULL)
		return 0;
	s->first = w->next;
	if (s->first == NULL)
		s->last = &s->first;
	receive(s, w->text);
	free(w->text);
	free(w);
	return 1;
}

void deliver_all(struct side *a, struct side *b)
{
	while (deliver_one(a) || deliver_one(b))
		;
}

void send_text(struct side *s, const char *text, OtrlFragmentPolicy fragments)
{
	char *message = NULL;
	otrl_message_free(s->other->text);
	s->other->text = NULL;
	check(otrl_message_sending(s->us, &ops, s, s->account, PROTOCOL, s->peer, OTRL_INSTAG_BEST, text, NULL,
				   &message, fragments, NULL, NULL, NULL) == 0 && message != NULL, "sending");
	if (fragments == OTRL_FRAGMENT_SEND_SKIP) {
		check(strncmp(message, "?OTR:", 5) == 0, "encrypted");
		receive(s->other, message);
	}
	otrl_message_free(message);
	deliver_all(s, s->other);
	check(s->other->text != NULL && strcmp(s->other->text, text) == 0, "plaintext");
}

void pair(struct side *a, struct side *b, OtrlUserState alice, OtrlUserState bob, int number)
{
	struct side *sides[2] = {a, b};
	memset(a, 0, sizeof *a);
	memset(b, 0, sizeof *b);
	a->us = alice, b->us = bob;
	a->other = b, b->other = a;
	snprintf(a->account, sizeof a->account, "alice");
	snprintf(b->account, sizeof b->account, "bob");
	snprintf(a->peer, sizeof a->peer, "bob%d", number);
	snprintf(b->peer, sizeof b->peer, "alice%d", number);
	for (int i = 0; i < 2; i++)
		sides[i]->last = &sides[i]->first;
}

OtrlUserState user(const char *account)
{
	OtrlUserState us = otrl_userstate_create();
	struct side s = {.us = us};
	FILE *f = tmpfile(); /* libotr reads back what it has written */
	check(f && otrl_privkey_generate_FILEp(us, f, account, PROTOCOL) == 0, "private key");
	fclose(f);
	on_create_instag(&s, account, PROTOCOL);
	return us;
}

void handshake(struct side *a, struct side *b, int version)
{
	policy = version == 2 ? OTRL_POLICY_ALLOW_V2 : OTRL_POLICY_ALLOW_V3;
	receive(a, version == 2 ? "?OTRv2?" : "?OTRv3?");
	deliver_all(a, b);
	check(a->secured == 1 && b->secured == 1, "both encrypted once");
	check(a->context->msgstate == OTRL_MSGSTATE_ENCRYPTED && b->context->msgstate == OTRL_MSGSTATE_ENCRYPTED,
	      "encrypted");
	check((int)a->context->protocol_version == version && (int)b->context->protocol_version == version,
	      "version");
	check(a->context->sessionid_len == 8 && b->context->sessionid_len == 8 &&
	      memcmp(a->context->sessionid, b->context->sessionid, 8) == 0, "session id");
}

void forget(OtrlUserState us)
{
	for (ConnContext *c = us->context_root; c != NULL; c = c->next)
		otrl_context_force_plaintext(c);
	otrl_context_forget_all(us);
	check(us->context_root == NULL, "conversations forgotten");
}
