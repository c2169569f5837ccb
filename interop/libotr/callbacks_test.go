package libotr

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// callback pairs an operation that libotr asks of its application with what
// our callers have instead: an event, which must have come, or a part of the
// interface.
type callback struct {
	name   string // as the helper reports it
	event  string // our event, "" for none
	other  string // the counterpart that is no event
	silent string // why libotr does not call it
}

// callbacks are the 24 operations of libotr 4.1, and the hook for new contexts.
var callbacks = []callback{
	{name: "policy", other: "Config.Policy, Conversation.SetPolicy"},
	{name: "create_privkey", other: "ErrNoKey of NewConversation"},
	{name: "is_logged_in", other: "the caller's choice between End and Close"},
	{name: "inject", other: "Result.Send"},
	{name: "update_context_list", other: "Conversation.Instances"},
	{name: "new_fingerprint", event: "otr.NewFingerprint"},
	{name: "write_fingerprints", event: "otr.TrustChanged"},
	{name: "gone_secure", event: "otr.Secured"},
	{name: "gone_insecure", event: "otr.Ended", silent: "libotr 4 never calls it"},
	{name: "still_secure", event: "otr.Secured"},
	{name: "max_message_size", other: "Config.MaxMessageSize"},
	{name: "account_name", other: "the caller's own", silent: "libotr 4 never calls it"},
	{name: "account_name_free", other: "the caller's own", silent: "libotr 4 never calls it"},
	{name: "received_symkey", event: "otr.ExtraKeyOffered"},
	{name: "otr_error_message", other: "Config.ErrorTexts"},
	{name: "otr_error_message_free", other: "garbage collection"},
	{name: "resent_msg_prefix", other: "Config.ResendPrefix"},
	{name: "resent_msg_prefix_free", other: "garbage collection"},
	{name: "smp_event", event: "otr.SMPSucceeded"},
	{name: "msg_event", event: "otr.PeerError"},
	{name: "create_instag", other: "NewConversation makes one"},
	{name: "convert", other: "Config.Convert"},
	{name: "convert_free", other: "garbage collection"},
	{name: "timer", other: "Conversation.Tick, TickInterval"},
	{name: "add_app_data", other: "Conversation.AppData"},
}

// Each callback is made by libotr in a conversation with a bit of all, and our
// library has told its own user of the same things.
func TestEveryLibotrCallbackHasACounterpart(t *testing.T) {
	r, alice, bob := ourPair(t, PolicyAllowV2|PolicyErrorStartAKE)
	everyMove(r, alice, bob)
	keyless := withoutKey(t)

	told := make(map[string]bool)
	for _, e := range alice.told {
		told[fmt.Sprintf("%T", e)] = true
	}
	called := bob.called
	maps.Copy(called, keyless.called)
	for _, c := range callbacks {
		if wanted := c.silent == ""; called[c.name] != wanted {
			t.Errorf("%s was called: %v, want %v", c.name, called[c.name], wanted)
		}
		if c.event != "" && !told[c.event] {
			t.Errorf("%s: our event %s did not come", c.name, c.event)
		}
	}
}

// everyMove is a conversation with a bit of all.
func everyMove(r *room, alice *ours, bob *theirs) {
	r.t.Helper()
	bob.do(Request{Do: "set", Convert: new(1)})
	private(r, alice)
	bob.say("marked by convert_msg")
	r.settle()
	r.expect(alice, "text: >marked by convert_msg")
	alice.say("so is this")
	r.settle()
	r.expect(bob, "text: <so is this")
	smpRun(r, alice, bob, "secret", "secret", "smp succeeded")
	alice.extraKey(1, "for libotr")
	bob.extraKey(2, "for us")
	alice.refresh()
	r.settle()
	lose(r, bob, "resent by libotr")
	lose(r, alice, "an error message of libotr")
	if !slices.Contains(bob.notes(), "unreadable") {
		r.t.Error("libotr could read a damaged message")
	}
	bob.end()
	r.settle()
}

// withoutKey has libotr ask its application for a key and a tag, and set the
// timer that forgets a D-H Commit Message of its own.
func withoutKey(t *testing.T) *theirs {
	t.Helper()
	r, alice, bob := ourPair(t, PolicyAllowV3)
	user, err := bob.process.NewUser("keyless", "bob", protocol, PolicyAllowV3, 0)
	bob.check(err)
	bob.user = user
	alice.start()
	for range 4 {
		r.pass(alice)
		r.pass(bob)
	}
	return bob
}
