/*
 * The work units of `make bench`, done by the system's libotr: both sides of a
 * conversation in this process, on one thread, every result checked.
 *
 *   bench_libotr version             prints libotr's version
 *   bench_libotr OPERATION SECONDS   prints how many units were done and the
 *                                    process CPU seconds they took; for
 *                                    mem_conv: conversations and bytes
 *
 * Build: cc -O2 bench_libotr.c -lotr -lgcrypt
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gcrypt.h>
#include <libotr/proto.h>
#include <libotr/userstate.h>
#include <libotr/instag.h>
#include <libotr/privkey.h>
#include <libotr/message.h>

#define PROTOCOL "prpl-jabber"
#define BATCH 1000
#define CONVERSATIONS 1000
#define BEFORE 100 /* conversations that exist when the growth begins to count */

static void die(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("bench_libotr: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

static void check(int good, const char *what)
{
	if (!good)
		die("check failed: %s", what);
}

static double cpu_seconds(void)
{
	struct rusage u;
	check(getrusage(RUSAGE_SELF, &u) == 0, "getrusage");
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static long resident_bytes(void)
{
	long size, resident;
	FILE *f = fopen("/proc/self/statm", "r");
	check(f && fscanf(f, "%ld %ld", &size, &resident) == 2, "statm");
	fclose(f);
	return resident * sysconf(_SC_PAGESIZE);
}

/* ---- two people and the wire between them ---- */

struct wired {
	struct wired *next;
	char *text;
};

struct side {
	OtrlUserState us;
	char account[32], peer[32];
	struct side *other;
	struct wired *first, **last; /* on their way to this side */
	ConnContext *context;        /* the encrypted one */
	int secured, asked, succeeded, failed;
	char *text;                  /* the last text received */
};

static OtrlPolicy policy = OTRL_POLICY_MANUAL;
static int message_size;

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

static const OtrlMessageAppOps ops = {
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

static void deliver_all(struct side *a, struct side *b)
{
	while (deliver_one(a) || deliver_one(b))
		;
}

/* send encrypts text and has the other side read it. */
static void send_text(struct side *s, const char *text, OtrlFragmentPolicy fragments)
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

static void pair(struct side *a, struct side *b, OtrlUserState alice, OtrlUserState bob, int number)
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

static OtrlUserState user(const char *account)
{
	OtrlUserState us = otrl_userstate_create();
	struct side s = {.us = us};
	FILE *f = tmpfile(); /* libotr reads back what it has written */
	check(f && otrl_privkey_generate_FILEp(us, f, account, PROTOCOL) == 0, "private key");
	fclose(f);
	on_create_instag(&s, account, PROTOCOL);
	return us;
}

static OtrlUserState alice, bob;
static struct side a, b;

static void handshake(struct side *a, struct side *b, int version)
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

static void forget(OtrlUserState us)
{
	for (ConnContext *c = us->context_root; c != NULL; c = c->next)
		otrl_context_force_plaintext(c);
	otrl_context_forget_all(us);
	check(us->context_root == NULL, "conversations forgotten");
}

/* ---- the units ---- */

static void fresh_pair(void)
{
	alice = user("alice");
	bob = user("bob");
	pair(&a, &b, alice, bob, 0);
}

static void encrypted_pair(void)
{
	fresh_pair();
	handshake(&a, &b, 3);
}

static void ake(int version)
{
	pair(&a, &b, alice, bob, 0);
	handshake(&a, &b, version);
	forget(alice);
	forget(bob);
}

static void ake_v2(void)
{
	ake(2);
}

static void ake_v3(void)
{
	ake(3);
}

static void smp(void)
{
	static const unsigned char secret[] = "a secret that both know";
	a.asked = a.succeeded = a.failed = b.asked = b.succeeded = b.failed = 0;
	otrl_message_initiate_smp(a.us, &ops, &a, a.context, secret, sizeof secret - 1);
	deliver_all(&a, &b);
	check(b.asked == 1, "b was asked");
	otrl_message_respond_smp(b.us, &ops, &b, b.context, secret, sizeof secret - 1);
	deliver_all(&a, &b);
	check(a.succeeded == 1 && b.succeeded == 1 && a.failed == 0 && b.failed == 0, "both succeeded");
}

/* words fills text with length letters that differ from call to call. */
static void words(char *text, size_t length)
{
	static unsigned counter;
	memset(text, 'a' + counter++ % 26, length);
	text[length] = 0;
}

static void pingpong_100(void)
{
	char text[101];
	words(text, 100);
	send_text(&a, text, OTRL_FRAGMENT_SEND_SKIP);
	words(text, 100);
	send_text(&b, text, OTRL_FRAGMENT_SEND_SKIP);
}

static void oneway_100(void)
{
	char text[101];
	words(text, 100);
	send_text(&a, text, OTRL_FRAGMENT_SEND_SKIP);
}

static void oneway_10k(void)
{
	static char text[10001];
	words(text, 10000);
	send_text(&a, text, OTRL_FRAGMENT_SEND_SKIP);
}

static void frag_100k(void)
{
	static char text[100001];
	message_size = 1000;
	words(text, 100000);
	send_text(&a, text, OTRL_FRAGMENT_SEND_ALL);
}

static gcry_sexp_t public_key(const OtrlPrivKey *key, size_t *pbits)
{
	const unsigned char *at = key->pubkey_data;
	size_t left = key->pubkey_datalen;
	gcry_mpi_t numbers[4];
	gcry_sexp_t out;
	for (int i = 0; i < 4; i++) {
		size_t length;
		check(left >= 4, "public key");
		length = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
		check(left - 4 >= length, "public key");
		check(gcry_mpi_scan(&numbers[i], GCRYMPI_FMT_USG, at + 4, length, NULL) == 0, "number");
		at += 4 + length;
		left -= 4 + length;
	}
	*pbits = gcry_mpi_get_nbits(numbers[0]);
	check(gcry_sexp_build(&out, NULL, "(public-key (dsa (p %m)(q %m)(g %m)(y %m)))", numbers[0], numbers[1],
			      numbers[2], numbers[3]) == 0, "public key");
	for (int i = 0; i < 4; i++)
		gcry_mpi_release(numbers[i]);
	return out;
}

static OtrlUserState fresh;

static void dsa_keygen(void)
{
	FILE *f = tmpfile();
	fresh = otrl_userstate_create();
	check(f && otrl_privkey_generate_FILEp(fresh, f, "alice", PROTOCOL) == 0, "private key");
	fclose(f);
}

static void after_keygen(void)
{
	static const unsigned char digest[20] = {1, 2, 3};
	OtrlPrivKey *key = otrl_privkey_find(fresh, "alice", PROTOCOL);
	gcry_sexp_t public;
	unsigned char *signature;
	size_t length, bits;
	check(key != NULL, "private key");
	public = public_key(key, &bits);
	check(bits == 1024, "1024 bits");
	check(otrl_privkey_sign(&signature, &length, key, digest, sizeof digest) == 0, "sign");
	check(otrl_privkey_verify(signature, length, key->pubkey_type, public, digest, sizeof digest) == 0, "verify");
	free(signature);
	gcry_sexp_release(public);
	otrl_userstate_free(fresh);
}

static void memory(void)
{
	static struct side as[BEFORE + CONVERSATIONS], bs[BEFORE + CONVERSATIONS];
	char text[101];
	long before = 0;
	fresh_pair();
	for (int i = 0; i < BEFORE + CONVERSATIONS; i++)
		pair(&as[i], &bs[i], alice, bob, i);
	for (int i = 0; i < BEFORE + CONVERSATIONS; i++) {
		if (i == BEFORE)
			before = resident_bytes();
		handshake(&as[i], &bs[i], 3);
		words(text, 100);
		send_text(&as[i], text, OTRL_FRAGMENT_SEND_SKIP);
		send_text(&bs[i], text, OTRL_FRAGMENT_SEND_SKIP);
	}
	printf("%d %ld\n", CONVERSATIONS, resident_bytes() - before);
}

static const struct operation {
	const char *name;
	void (*prepare)(void), (*unit)(void), (*after)(void); /* only unit is timed */
	int batch;                                            /* units between two looks at the clock */
} operations[] = {
	{"dsa_keygen", NULL, dsa_keygen, after_keygen, 1},
	{"ake_v2", fresh_pair, ake_v2, NULL, 1},
	{"ake_v3", fresh_pair, ake_v3, NULL, 1},
	{"smp", encrypted_pair, smp, NULL, 1},
	{"pingpong_100", encrypted_pair, pingpong_100, NULL, 1},
	{"oneway_100", encrypted_pair, oneway_100, NULL, BATCH},
	{"oneway_10k", encrypted_pair, oneway_10k, NULL, BATCH},
	{"frag_100k", encrypted_pair, frag_100k, NULL, 10},
};

static double timed(const struct operation *o)
{
	double start = cpu_seconds(), used;
	for (int i = 0; i < o->batch; i++)
		o->unit();
	used = cpu_seconds() - start;
	if (o->after)
		o->after();
	return used;
}

static void run(const struct operation *o, double seconds)
{
	double used = 0;
	long count = 0;
	if (o->prepare)
		o->prepare();
	timed(o); /* builds what a process keeps */
	while (used < seconds) {
		used += timed(o);
		count += o->batch;
	}
	printf("%ld %.6f\n", count, used);
}

int main(int argc, char **argv)
{
	/* Benchmarks need no key that lasts; see libgcrypt's manual. */
	gcry_control(GCRYCTL_ENABLE_QUICK_RANDOM, 0);
	OTRL_INIT;
	if (argc == 2 && strcmp(argv[1], "version") == 0) {
		puts(otrl_version());
		return 0;
	}
	if (argc != 3)
		die("usage: bench_libotr version | OPERATION SECONDS");
	if (strcmp(argv[1], "mem_conv") == 0) {
		memory();
		return 0;
	}
	for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
		if (strcmp(argv[1], operations[i].name) == 0) {
			run(&operations[i], atof(argv[2]));
			return 0;
		}
	die("unknown operation %s", argv[1]);
}
