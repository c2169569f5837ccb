package store

import (
	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/lti"
)

// packEnrolment holds what columns hold too: only what is sealed is believed.
func packEnrolment(e course.Enrolment) []byte {
	return pack(packNumber(e.Platform), []byte(e.Deployment), []byte(e.Link), []byte(e.User), []byte(e.Context), []byte(e.Course), []byte(e.Title),
		[]byte(e.Name), []byte(e.Role), []byte(e.Locale), packFlag(e.Chosen), []byte(e.JID), packProgress(e.Progress),
		packTime(e.Passed), packOutcome(e.Outcome), packGrades(e.Grades), packRoster(e.Roster),
		packTime(e.Launched), packTime(e.Seen))
}

func unpackEnrolment(r row, f form) course.Enrolment {
	return course.Enrolment{
		ID:      r.id,
		Key:     course.Key{Platform: f.number(0), Deployment: f.text(1), Link: f.text(2), User: f.text(3)},
		Context: f.text(4), Course: f.text(5), Title: f.text(6), Name: f.text(7), Role: course.Role(f.text(8)),
		Locale: f.text(9), Chosen: f.flag(10), JID: f.text(11), Progress: unpackProgress(f.bytes(12)), Passed: f.time(13),
		Outcome: unpackOutcome(f.bytes(14)), Grades: unpackGrades(f.bytes(15)), Roster: unpackRoster(f.bytes(16)),
		Launched: f.time(17), Seen: f.time(18),
	}
}

func packProgress(p record.Progress) []byte {
	return pack([]byte(p.Step), []byte(p.Best), []byte(p.Trouble), []byte(p.Client), packTime(p.Since), packTime(p.Active),
		packFlag(p.Ended), []byte(p.Fingerprint),
		packNumber(p.Answer.Note), []byte(p.Answer.Verdict), packNumber(int64(p.Answer.Left)), packTime(p.Invited))
}

func unpackProgress(b []byte) record.Progress {
	f := readForm(b)
	return record.Progress{
		Step: record.Step(f.text(0)), Best: record.Step(f.text(1)), Trouble: record.Trouble(f.text(2)), Client: f.text(3),
		Since: f.time(4), Active: f.time(5), Ended: f.flag(6), Fingerprint: f.text(7), Invited: f.time(11),
		Answer: record.Answer{Note: f.number(8), Verdict: record.Verdict(f.text(9)), Left: int(f.number(10))},
	}
}

func packOutcome(o *lti.Outcome) []byte {
	if o == nil {
		return nil
	}
	return pack([]byte(o.ServiceURL), []byte(o.SourcedID), []byte(o.Method))
}

func unpackOutcome(b []byte) *lti.Outcome {
	if len(b) == 0 {
		return nil
	}
	f := readForm(b)
	return &lti.Outcome{ServiceURL: f.text(0), SourcedID: f.text(1), Method: lti.Method(f.text(2))}
}

func packGrades(s *lti.GradeService) []byte {
	if s == nil {
		return nil
	}
	return pack(packTexts(s.Scopes), []byte(s.LineItem), []byte(s.LineItems))
}

func unpackGrades(b []byte) *lti.GradeService {
	if len(b) == 0 {
		return nil
	}
	f := readForm(b)
	return &lti.GradeService{Scopes: f.texts(0), LineItem: f.text(1), LineItems: f.text(2)}
}

func packRoster(s *lti.RosterService) []byte {
	if s == nil {
		return nil
	}
	return pack([]byte(s.URL))
}

func unpackRoster(b []byte) *lti.RosterService {
	if len(b) == 0 {
		return nil
	}
	return &lti.RosterService{URL: readForm(b).text(0)}
}
