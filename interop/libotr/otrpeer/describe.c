/* SPDX-License-Identifier: Apache-2.0 */

/* What a user's contexts look like from outside, and their secrets, which
 * recordings need. */

#include "peer.h"

#include <string.h>

static void put_mpi(const char *key, gcry_mpi_t value)
{
	unsigned char *bytes;
	size_t length;

	if (value == NULL || gcry_mpi_aprint(GCRYMPI_FMT_USG, &bytes, &length, value))
		return;
	line_put_bytes(key, bytes, length);
	gcry_free(bytes);
}

static void describe_context(const struct user *user, const ConnContext *context)
{
	const Fingerprint *active = context->active_fingerprint;

	line_begin("state");
	put_context(user, context);
	line_put_number("our", context->our_instance);
	line_put_number("code", context->msgstate);
	line_put_number("auth", context->auth.authstate);
	line_put_number("version", context->protocol_version);
	line_put_number("half", context->sessionid_half);
	line_put_number("smp", context->smstate->nextExpected);
	line_put_number("offer", context->otr_offer);
	if (context->msgstate == OTRL_MSGSTATE_ENCRYPTED)
		line_put_bytes("ssid", context->sessionid, context->sessionid_len);
	if (active != NULL && active->fingerprint != NULL) {
		line_put_bytes("fingerprint", active->fingerprint, 20);
		line_put_text("trust", active->trust);
	}
	line_end();
}

void describe_contexts(const struct user *user)
{
	for (const ConnContext *at = user->state->context_root; at != NULL; at = at->next)
		describe_context(user, at);
}

static void put_dsa(const struct user *user)
{
	static const char *const names[] = { "p", "q", "g", "y", "x" };
	OtrlPrivKey *key = otrl_privkey_find(user->state, user->account, user->protocol);

	for (size_t i = 0; key != NULL && i < sizeof names / sizeof names[0]; i++) {
		gcry_sexp_t token = gcry_sexp_find_token(key->privkey, names[i], 0);
		gcry_mpi_t value = gcry_sexp_nth_mpi(token, 1, GCRYMPI_FMT_USG);
		char name[] = "dsa_?";
		name[4] = names[i][0];
		put_mpi(name, value);
		gcry_mpi_release(value);
		gcry_sexp_release(token);
	}
}

void describe_secrets(const struct user *user, const ConnContext *context)
{
	const ConnContextPriv *session = context->context_priv;

	line_begin("secrets");
	put_context(user, context);
	put_dsa(user);
	put_mpi("ake_x", context->auth.our_dh.priv);
	line_put_bytes("ake_r", context->auth.r, sizeof context->auth.r);
	line_put_number("our_keyid", session->our_keyid);
	line_put_number("their_keyid", session->their_keyid);
	put_mpi("x", session->our_dh_key.priv);
	put_mpi("x_old", session->our_old_dh_key.priv);
	put_mpi("y", session->their_y);
	put_mpi("y_old", session->their_old_y);
	put_mpi("smp_x2", context->smstate->x2);
	put_mpi("smp_x3", context->smstate->x3);
	put_mpi("smp_secret", context->smstate->secret);
	line_end();
}
