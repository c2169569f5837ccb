// Package page is what all web pages have in common: the frame around them, their languages, the headers that protect
// them, the page that explains a refusal, and QR codes.
//
// A package with pages keeps its templates in HTML files, parses them with [Parse], and shows one with [Site.Render].
// In a template the dot is a [Dot]:
//
//	<h1>{{.T "Your shared secret"}}</h1>
//	<p>{{.T "The bot writes to {address}." "address" (.Code .Data.Address)}}</p>
//	<p>{{.N "{n} try is left." "{n} tries are left." .Data.Left}}</p>
//	<a href="{{.At "/t/x"}}">…</a>
//
// Within range, with and other templates the dot is another thing: {{$.T "…"}}, and {{template "row" .With .Row}}. The
// texts have to be literal, so that gettext/extract finds them; a variable in their place is an error of the template.
//
// There is no inline script and no inline style: the Content-Security-Policy forbids both. Everything works without
// script. Values from outside go into texts within <bdi>, so that right-to-left marks in a name turn nothing around.
package page
