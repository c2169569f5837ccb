package lesson_test

import (
	"slices"
	"strings"
	"testing"

	"otrbot/internal/lesson"
)

// Each case changes the sound lesson and expects all of the faults, in the order of the file.
func TestFaults(t *testing.T) {
	const (
		names  = "a name has small letters, digits and _ and begins with a letter"
		answer = "answer in on, or in always for all states; write ignore if nothing is meant to happen"
		sign   = " is a YAML sign such as & * ! ?, which lessons do not have"
		html   = "some clients take it for HTML; use words, or signs such as › and “ ”"
	)
	for _, c := range []struct {
		name, old, new string
		want           []string
	}{
		{"words that are nearly right", "otr_enabled: {to: encrypted}", "OTR-enabled: {to: encrytped, doo: [sya bye, arm silense]}", []string{
			"16:7: unknown event “OTR-enabled”; did you mean otr_enabled?",
			"16:25: unknown state “encrytped”; did you mean encrypted?",
			"16:36: unknown key “doo”; did you mean do?",
			"16:42: unknown action “sya”; did you mean say?",
			"16:51: unknown timer “silense”; did you mean silence?"}},
		{"an answer that events share is looked at once", "  help: [hint]\n  otr_disabled: ignore\n", "  help, otr_disabled: {to: plian, do: [hint, sya bye, say byee]}\n", []string{
			"8:28: unknown state “plian”; did you mean plain?",
			"8:46: unknown action “sya”; did you mean say?",
			"8:55: unknown text “byee”; did you mean bye?",
			"17:3: state encrypted gives a hint (otr_disabled) but has none; write hints: and a list of texts, the gentlest first"}},
		{"words that are not", "[say greeting, arm silence]", "[shout, arm hours, say nothing, say greeting]", []string{
			"14:13: unknown action “shout”; there is arm, hint, say, start_smp",
			"14:20: unknown timer “hours”; there is silence",
			"14:31: unknown text “nothing”; there is bye, greeting, look, menu"}},
		{"arguments", "[say greeting, arm silence]", "[say, arm, hint now, say greeting bye, '']", []string{
			"14:13: “say” says too little; after say comes the name of a text",
			"14:18: “arm” says too little; after arm comes a timer: silence",
			"14:23: “hint now” says too much; nothing comes after hint; a comma stands between two actions",
			"14:33: “say greeting bye” says too much; after say comes one word; a comma stands between two actions",
			"14:51: an action is empty; there is arm, hint, say, start_smp"}},
		{"things of the wrong kind", "[say greeting, arm silence]", "[[x], {say: greeting}, 1, ~, say greeting]", []string{
			"14:13: an action is a list",
			"14:18: an action is a mapping; write the action and its argument with a space between them and no colon",
			"14:35: an action is a number for YAML, not text; put it in quotes",
			"14:38: an action is empty; write something here, or take the key out"}},
		{"an action that is no list", "[say greeting, arm silence]", "say greeting", []string{
			"14:12: enter of state plain is text; write a list: [say greeting]",
			"27:3: text greeting is never said; say it somewhere or take it out"}},
		{"several events in a key", "otr_enabled: {to: encrypted}", "help, otr_enabld, stop: [hint]\n      otr_enabled, help, : {to: encrypted}", []string{
			"16:13: unknown event “otr_enabld”; did you mean otr_enabled?",
			"17:20: “help” stands twice in on of state plain; the first is in line 16",
			"17:25: unknown event “”; there is help, otr_disabled, otr_enabled, stop"}},
		{"a state as an answer", "{to: encrypted}", "encrypted", []string{
			"16:20: the answer to otr_enabled is text; write {to: encrypted} to go to a state, [encrypted] to do something, or ignore"}},
		{"an answer that is empty", "otr_disabled: ignore", "otr_disabled: {}", []string{
			"9:17: the answer to otr_disabled is empty; write ignore if nothing is meant to happen"}},
		{"an answer that is a list of nothing", "otr_disabled: ignore", "otr_disabled: []", []string{
			"9:17: the answer to otr_disabled is empty; leave it out, or write ignore as the answer to an event"}},
		{"no answer anywhere", "  otr_disabled: ignore\n", "", []string{
			"8:3: no state answers otr_disabled; " + answer}},
		{"no answer in one state", "  help: [hint]\n", "", []string{
			"12:3: state plain does not answer help; " + answer,
			"16:13: the hints of state plain are never given; use the action for hints in an answer, or take them out"}},
		{"no hints", "    hints: [look, menu]\n", "", []string{
			"13:3: state plain gives a hint (help) but has none; write hints: and a list of texts, the gentlest first",
			"32:3: text look is never said; say it somewhere or take it out",
			"33:3: text menu is never said; say it somewhere or take it out"}},
		{"a way that is missing", "{to: encrypted}", "ignore", []string{
			"18:3: no way leads to state encrypted; go there from another state with to: encrypted",
			"23:3: no way leads to state done; go there from another state with to: done"}},
		{"a goal that cannot be reached any more", "goal: done", "goal: plain", []string{
			"18:3: no way leads from state encrypted to the goal plain; let an event lead on, or back"}},
		{"no end", "{final: true}\n  left: {final: true}", "{}\n  left: {}", []string{
			"23:3: state done does not answer otr_enabled; " + answer,
			"23:3: state done gives a hint (help) but has none; write hints: and a list of texts, the gentlest first",
			"24:3: state left does not answer otr_enabled; " + answer,
			"24:3: state left gives a hint (help) but has none; write hints: and a list of texts, the gentlest first",
			"24:3: no state is final; write final: true in the state where the lesson ends"}},
		{"an end that is left", "done: {final: true}", "done: {final: true, on: {stop: {to: left}}}", []string{
			"23:28: state done is final but can be left; take to: out, or final: true"}},
		{"an end that is none", "done: {final: true}", "done: {final: maybe}", []string{
			"23:17: final of state done is not true; write final: true, or leave it out"}},
		{"signs in a text", "{bot_title}", "{bot_titel} {client } <b>\n      a & b {{ok}} }", []string{
			"31:19: unknown variable “bot_titel”; did you mean bot_title?",
			"31:31: a { that belongs to no variable; write {name} for a variable, {{ for the sign itself",
			"31:39: a } that belongs to no variable; write {name} for a variable, }} for the sign itself",
			"31:41: text greeting holds '<'; " + html,
			"31:43: text greeting holds '>'; " + html,
			"32:9: text greeting holds '&'; " + html,
			"32:20: a } that belongs to no variable; write {name} for a variable, }} for the sign itself"}},
		{"signs in a folded text", "beside the name.", "é > {client}\n    {cliemt}", []string{
			"36:7: text menu holds '>'; " + html,
			"37:5: unknown variable “cliemt”; did you mean client?"}},
		{"what the protocol would take for its own", "Good bye!", "?OTR\tv3?", []string{
			"37:9: text bye holds ?OTR; the learner's client would take it for a message of the protocol",
			"37:13: text bye holds '\\t'; leave control characters and tabs out"}},
		{"texts that are none", `"Good bye!"`, "yes\n  No: x\n  nothing:\n  blank: ''\n  t: {note: x}\n  n: 1", []string{
			"38:3: a text is “No”; " + names,
			"39:3: text nothing is never said; say it somewhere or take it out",
			"39:11: text nothing is empty; write something here, or take the key out",
			"40:3: text blank is never said; say it somewhere or take it out",
			"40:10: text blank is empty; write what is said",
			"41:3: text t is never said; say it somewhere or take it out",
			"41:6: text t has no text; write text: and what is said",
			"42:3: text n is never said; say it somewhere or take it out",
			"42:6: text n is a number for YAML, not text; put it in quotes"}},
		{"keys of the lesson", "title: A small lesson\nstart: plain\ngoal: done\n", "titel: ''\ntitle: x\nstart: Plain\n", []string{
			"2:1: the lesson has no goal; write goal: and the state in which the learner has made it",
			"3:1: unknown key “titel”; did you mean title?",
			"3:8: the title is empty; write what the lesson is called",
			"5:8: unknown state “Plain”; did you mean plain?"}},
		{"keys that stand twice", "done: {final: true}", "done: {final: true, final: true}\n  plain: {}", []string{
			"23:23: “final” stands twice in state done; the first is in line 23",
			"24:3: “plain” stands twice in states; the first is in line 13"}},
		{"what YAML has and lessons have not", "done: {final: true}", "done: &d {final: true}\n  also: *d\n  <<: {a: b}\n  ? x\n  : {}", []string{
			"23:9: state done" + sign + "; write keys and values, one a line: key: value",
			"24:9: state also" + sign + "; write keys and values, one a line: key: value",
			"25:3: in states: a key that" + sign + "; a key is a word",
			"26:3: in states: a key that" + sign + "; a key is a word"}},
		{"a second document", "texts:", "---\ntexts:", []string{
			"27:1: a second document; one file holds one lesson"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := strings.Replace(sound, c.old, c.new, 1)
			if src == sound {
				t.Fatal("nothing changed")
			}
			if got := faults(src); !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// faults are the lines that Parse complains with, without the name of the file.
func faults(src string) []string {
	_, err := lesson.Parse("f", []byte(src), words)
	var all []string
	for _, f := range lesson.Faults(err) {
		all = append(all, strings.TrimPrefix(f.Error(), "f:"))
	}
	return all
}

func TestNoLessonAtAll(t *testing.T) {
	const remedy = "; look at the indentation, colons, quotes and brackets here and in the line above"
	for _, c := range []struct{ name, src, want string }{
		{"empty", "", "1:1: the file is empty; begin with lesson: and a name"},
		{"comments", "# a\n# b\n", "1:1: the file is empty; begin with lesson: and a name"},
		{"prose", "Once upon a time", "1:1: the lesson is text; write keys and values, one a line: key: value"},
		{"list", "- a\n- b", "1:1: the lesson is a list; write keys and values, one a line: key: value"},
		{"not UTF-8", "lesson: \xff", "1:1: the file is not UTF-8; save it with that encoding"},
		{"too long", strings.Repeat("#", lesson.MaxSize+1), "1:1: the file is longer than 256 KiB; split the lesson"},
		{"too many signs", strings.Repeat("[", 20001), "1:1: the file has more than 20000 brackets, commas, colons and the like; split the lesson"},
		{"bracket left open", "lesson: a\nstates: [a", "2:9: not YAML: sequence end token ']' not found" + remedy},
		{"colon in a text", "title: a: b", "1:8: not YAML: mapping value is not allowed in this context" + remedy},
		{"indentation", "states:\n    a: {}\n  b: {}", "3:3: not YAML: value is not allowed in this context" + remedy},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := faults(c.src); len(got) == 0 || got[0] != c.want {
				t.Errorf("%q", got)
			}
		})
	}
}

// A hopeless file is not answered endlessly.
func TestFaultsAreBounded(t *testing.T) {
	if n := len(faults(sound + strings.Repeat("  x: <>\n", 1000))); n != 100 {
		t.Errorf("%d faults", n)
	}
}
