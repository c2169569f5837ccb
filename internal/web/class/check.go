package class

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"otrbot/gettext"
	"otrbot/internal/course"
	"otrbot/internal/web/page"
	"otrbot/lti"
)

// checkTime is how long all the questions to the platform may take together.
const checkTime = 15 * time.Second

// A result is what came of one question.
type result string

// The results.
const (
	works  result = "works"
	note   result = "note" // nothing is broken, and somebody should know
	faulty result = "faulty"
)

// The parts that are told of in several places.
const (
	partGrades  gettext.Msg = "Grades"
	partAccess  gettext.Msg = "Access"
	partColumn  gettext.Msg = "Column in the gradebook"
	partResults gettext.Msg = "Grades that are there"
	partCourse  gettext.Msg = "List of the course"
)

// A finding is one part of the connection, in words.
type finding struct {
	Result     result
	Part, Text string
	Do         string // what repairs it; "" nothing has to be
}

// checkPage is the data of the page.
type checkPage struct {
	Base     string
	Reload   string
	Findings []finding
	Broken   int
	ID       string // of the line in the log; "" nothing was broken
}

// An inspection asks about one part of the connection after the other. It only reads.
type inspection struct {
	request
	ctx      context.Context
	findings []finding
	faults   []error
}

func (q request) check() {
	ctx, cancel := context.WithTimeout(q.r.Context(), checkTime)
	defer cancel()
	class, _, err := q.launched(ctx)
	if err != nil {
		q.broken("listing the class", err)
		return
	}
	i := &inspection{request: q, ctx: ctx}
	i.launch()
	i.browser()
	i.gradebook(class)
	i.course()
	d := checkPage{Base: q.c.Site.At(q.room.Base), Reload: q.c.Site.At(q.room.Base + "/check"), Findings: i.findings}
	for _, f := range i.findings {
		if f.Result == faulty {
			d.Broken++
		}
	}
	if len(i.faults) > 0 {
		d.ID = page.NewID(q.c.Rand)
		q.c.Log.Warn("a connection was checked and has faults", "platform", q.room.Platform.ID, "detail", errors.Join(i.faults...), "id", d.ID)
	}
	q.show("check", "Check the connection", d)
}

// add notes a finding.
func (i *inspection) add(r result, part, text gettext.Msg, repair gettext.Msg, pairs ...string) {
	i.findings = append(i.findings, finding{r, say(i.in, part), say(i.in, text, pairs...), say(i.in, repair, pairs...)})
}

// fault notes what a service did not do. Why no access was given at all is told by access, once.
func (i *inspection) fault(part gettext.Msg, err error) {
	if isToken(err) {
		return
	}
	w := serviceWords(err)
	i.faults = append(i.faults, err)
	i.add(faulty, part, w.What, w.Do)
}

// launch tells what the launch itself has proved.
func (i *inspection) launch() {
	name := platformName(i.room.Platform)
	if i.room.Platform.Registration == nil {
		i.add(works, "Launch", "{name} launches with LTI 1.1. The signature was verified.", "", "name", name)
		i.add(works, "Clocks", "They differ by less than ten minutes. More would have been refused.", "")
		return
	}
	i.add(works, "Launch", "{name} launches with LTI 1.3. The signature was verified with the platform’s public key.", "", "name", name)
	i.add(works, "Clocks", "They differ by less than a minute. More would have been refused.", "")
}

func platformName(p course.Platform) string {
	return firstText(plainName(p.Name), p.Family, "LMS")
}

func (i *inspection) browser() {
	if i.room.Visit.Cookie != [32]byte{} {
		i.add(works, "Browser", "It keeps our cookie. The address of this page works in this browser only.", "")
		return
	}
	i.add(note, "Browser", "It keeps no cookie for us, as browsers do in frames. Everything works, and the address of this page works for whoever has it.",
		"Do not pass the address on. If you like it safer, let your learning platform open the activity in a new window.")
}

// gradebook checks the way of the grades.
func (i *inspection) gradebook(class []course.Member) {
	switch v, w := gradedHere(i.room, class); v {
	case graded:
		i.add(works, partGrades, "This link is graded.", "")
	case unsure, without:
		i.add(note, partGrades, w.What, w.Do)
	default:
		i.add(faulty, partGrades, w.What, w.Do)
	}
	switch {
	case i.room.Platform.Registration != nil && i.room.Enrolment.Grades != nil:
		i.column(*i.room.Platform.Registration, *i.room.Enrolment.Grades)
	case i.room.Platform.Consumer != nil:
		i.outcome(*i.room.Platform.Consumer, class)
	}
}

// column asks for an access token, the link's column of the gradebook, and what is in it.
func (i *inspection) column(reg lti.Registration, s lti.GradeService) {
	grades := i.c.Tool.Grades(reg, s)
	first := len(i.findings)
	var answers []error
	if slices.Contains(s.Scopes, lti.ScopeLineItem) || slices.Contains(s.Scopes, lti.ScopeLineItemReadonly) {
		answers = append(answers, i.lineItem(grades, s))
	}
	if slices.Contains(s.Scopes, lti.ScopeResultReadonly) && s.LineItem != "" {
		answers = append(answers, i.results(grades, s))
	}
	rest := slices.Clone(i.findings[first:])
	i.findings = i.findings[:first]
	i.access(answers) // is told of before what it is needed for
	i.findings = append(i.findings, rest...)
}

// lineItem looks for the link's column, where the launch names it or in the whole gradebook.
func (i *inspection) lineItem(grades *lti.Grades, s lti.GradeService) error {
	item, found, err := lti.LineItem{}, true, error(nil)
	if s.LineItem != "" {
		item, err = grades.LineItem(i.ctx, s.LineItem)
	} else {
		found = false
		for one, failed := range grades.LineItems(i.ctx, lti.LineItem{ResourceLinkID: i.room.Enrolment.Link}) {
			item, found, err = one, true, failed
			break
		}
	}
	switch {
	case err != nil:
		i.fault(partColumn, err)
	case found:
		i.add(works, partColumn, "Found: “{label}”.", "", "label", plainName(item.Label))
	case s.CanScore():
		i.add(note, partColumn, "There is none yet. It is made with the first grade.", "")
	}
	return err
}

// results reads the first of the grades that are there.
func (i *inspection) results(grades *lti.Grades, s lti.GradeService) error {
	var err error
	for _, failed := range grades.Results(i.ctx, s.LineItem) {
		err = failed
		break
	}
	if err != nil {
		i.fault(partResults, err)
		return err
	}
	i.add(works, partResults, "They can be read, so we can see what has arrived.", "")
	return nil
}

// access tells what the answers of services say of the access to them.
func (i *inspection) access(answers []error) {
	switch {
	case len(answers) == 0:
		i.add(note, partAccess, "Your learning platform lets us send grades and read nothing. The first grade will show whether it works.", "")
	case slices.ContainsFunc(answers, isToken):
		i.tokenFault(answers[slices.IndexFunc(answers, isToken)])
	case slices.ContainsFunc(answers, hadAccess):
		i.add(works, partAccess, "Your learning platform gives us access when we ask for it.", "")
	}
}

// tokenFault notes once that no access was given, whatever it was asked for.
func (i *inspection) tokenFault(err error) {
	w := serviceWords(err)
	i.faults = append(i.faults, err)
	i.add(faulty, partAccess, w.What, w.Do)
}

// hadAccess reports whether the service itself has answered.
func hadAccess(err error) bool {
	failed, ok := errors.AsType[*lti.ServiceError](err)
	return err == nil || ok && failed.Op != "token" && failed.Status != 0
}

// isToken reports whether no access was given at all.
func isToken(err error) bool {
	failed, ok := errors.AsType[*lti.ServiceError](err)
	return ok && failed.Op == "token"
}

// outcome reads one learner's grade by LTI 1.1, which some platforms do not know.
func (i *inspection) outcome(consumer lti.Consumer, class []course.Member) {
	at := slices.IndexFunc(class, func(m course.Member) bool { return m.Outcome != nil })
	if at < 0 {
		return
	}
	_, _, err := i.c.Tool.ReadResult(i.ctx, consumer, *class[at].Outcome)
	failed, service := errors.AsType[*lti.ServiceError](err)
	switch {
	case err == nil:
		i.add(works, partResults, "They can be read, so we can see what has arrived.", "")
	case service && !failed.Temporary() && failed.Code != "":
		i.add(note, partResults, "Your learning platform answers, and does not let us read grades. Some never do, such as Open edX: the first grade will show whether sending works.", "")
	default:
		i.fault(partResults, err)
	}
}

// course checks the list of the course.
func (i *inspection) course() {
	if i.room.Enrolment.Roster == nil || i.room.Platform.Registration == nil {
		i.add(note, partCourse, "Your learning platform does not offer it. Those who have not opened the page are not listed.",
			"If it should, ask the administrator to allow “Names and Role Provisioning Services” for this tool.")
		return
	}
	members, err := i.roster.members(i.ctx, i.room)
	switch {
	case errors.Is(err, errRosterSlow):
		i.add(note, partCourse, "Your learning platform is slow to give it.", "Check again in a moment.")
		return
	case err != nil && !errors.Is(err, errRosterTooLong):
		i.fault(partCourse, err)
		return
	}
	named := len(slices.DeleteFunc(slices.Clone(members), func(m member) bool { return m.Name == "" }))
	learners := len(slices.DeleteFunc(slices.Clone(members), func(m member) bool { return !m.Learner }))
	i.findings = append(i.findings, finding{works, say(i.in, partCourse), join(
		i.in.Count("It can be read: {n} person.", "It can be read: {n} people.", len(members)),
		say(i.in, "Learners among them: {number}.", "number", strconv.Itoa(learners))), ""})
	if named < len(members) {
		i.add(note, "Names", "Your learning platform does not tell all names. Learners without one have a label here, the same each time.",
			"If you want to see all names, ask the administrator to let this tool know them.")
	}
}

// serviceWords say why a service of the platform did not do what it was asked.
func serviceWords(err error) words {
	failed, service := errors.AsType[*lti.ServiceError](err)
	switch {
	case errors.Is(err, lti.ErrForeignHost):
		return words{"The launch names a server that is not one of your learning platform’s.",
			"Ask the administrator of this tool to allow that server for the platform."}
	case errors.Is(err, lti.ErrPrivateAddress):
		return words{"The service is inside a private network, and this tool connects to public addresses only.",
			"Ask the administrator of this tool to allow the platform’s network."}
	case errors.Is(err, context.DeadlineExceeded), service && failed.Temporary():
		return words{"Your learning platform does not answer, or has a fault of its own just now.",
			"Check again in a few minutes. If it stays so, tell the administrator."}
	case isToken(err) && (failed.Code == "invalid_scope" || failed.Code == "insufficient_scope"):
		return words{"Your learning platform does not give us this right.",
			"Ask the administrator to allow the service for this tool, then open the activity again."}
	case isToken(err):
		return words{"Your learning platform does not accept our signature.",
			"Ask the administrator to compare the client ID and the address of our public keys in the settings of the tool."}
	case service && (failed.Status == http.StatusUnauthorized || failed.Status == http.StatusForbidden):
		return words{"Your learning platform does not let us do this.",
			"Ask the administrator to allow the service for this tool, then open the activity again."}
	case service && failed.Status == http.StatusNotFound:
		return words{"It is not there any more.",
			"Open the activity in the course again. If that does not help, make it anew."}
	}
	return words{"Your learning platform gave an answer that we do not understand.",
		"Tell the administrator of this tool the number at the end of this page."}
}
