package course

// A Member of a class is what a teacher sees of somebody who has launched a link.
type Member struct {
	Enrolment
	Grade  *Grade // the newest; nil: none was earned
	Secret bool   // a shared secret is set
}
