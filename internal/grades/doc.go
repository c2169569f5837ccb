// Package grades brings grades from the store to the gradebooks of platforms, each
// exactly once by effect: whatever is lost, repeated, refused, killed or slow on the
// way, in the end the platform has the right grade, and never had another one of ours
// in its place.
//
// What that rests on:
//
//   - The time of a grade is when it was earned, on every try. LTI 1.3 platforms take a
//     score with the same time once; LTI 1.1 replaces a grade by the same one.
//   - A grade is marked as doubtful in the store before its first byte is sent. Whoever
//     kills us leaves one that is read back before it is sent again.
//   - What the gradebook has is read before anything is sent, where the platform lets us:
//     a grade that is as good or better stays.
//   - One grade of an enrolment at a time, the older one first.
//
// What it cannot do: LTI 1.1 knows no times. A platform that carries out a part of a
// lesson's grade long after it has let us wait in vain, when the whole has arrived, shows
// the part.
package grades
