/* Two people in one process, each with libotr, and the wire between them. */
#include <stddef.h>

#include <libotr/proto.h>
#include <libotr/userstate.h>
#include <libotr/message.h>

#define PROTOCOL "prpl-jabber"

/* die ends the program with a message; check does, unless what it names is good. */
void die(const char *format, ...);
void check(int good, const char *what);

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

extern const OtrlMessageAppOps ops;
extern int message_size; /* the longest message the wire carries; 0 is no limit */

/* user makes somebody with a new private key. */
OtrlUserState user(const char *account);

/* pair gives alice and bob conversation number so and so with each other. */
void pair(struct side *a, struct side *b, OtrlUserState alice, OtrlUserState bob, int number);

/* handshake makes it private, and checks that it is. */
void handshake(struct side *a, struct side *b, int version);

/* send_text encrypts text and has the other side read it. */
void send_text(struct side *s, const char *text, OtrlFragmentPolicy fragments);

/* deliver_all delivers until both are silent. */
void deliver_all(struct side *a, struct side *b);

/* forget drops all conversations of somebody. */
void forget(OtrlUserState us);
