package course

// A Member is an enrolment with what a teacher's page shows beside it.
type Member struct {
	Enrolment
	Grade  *Grade // the newest; nil: nothing was earned yet
	Secret bool   // whether a shared secret is set for the address
}
