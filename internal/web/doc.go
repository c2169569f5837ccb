// Package web is what people see of the bot in their course: it takes the launches of learning management systems and
// shows learners, on one page that keeps up with them, what to do next. Teachers' pages are package class's.
//
// A launch is verified by package lti and becomes an enrolment and a visit. A visit is known by a token in the address
// of its pages, of which only the hash is kept: no page depends on cookies, which frames often may not have. Where the
// browser does have one, the visit is bound to it, and the address alone opens nothing.
//
// The bot is never called. Both sides write to the store: the page leaves notes, the bot leaves progress, and
// [Server.Run] looks for what has changed and wakes the pages that are open.
package web
