package tutor

import "otrbot/internal/lesson"

// Vocabulary is what a lesson may use: every event the tutor sees, every
// action it can do, every variable and timer it knows. A developer who adds
// one adds a row to one of four tables.
func Vocabulary() lesson.Vocabulary {
	var v lesson.Vocabulary
	for _, e := range eventTable {
		if e.name == ClientSeen { // becomes client_recognised, client_without_otr or nothing
			continue
		}
		v.Events = append(v.Events, lesson.Word{Name: string(e.name), Meaning: e.meaning})
	}
	for _, a := range actionTable {
		v.Actions = append(v.Actions, lesson.Action{Word: lesson.Word{Name: a.name, Meaning: a.meaning}, Argument: a.argument})
	}
	for _, r := range variableTable {
		v.Variables = append(v.Variables, lesson.Word{Name: r.name, Meaning: r.meaning})
	}
	for _, t := range timerTable {
		v.Timers = append(v.Timers, lesson.Word{Name: string(t.name), Meaning: t.meaning})
	}
	return v
}
