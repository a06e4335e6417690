// Package web serves the live board: pages that work without JavaScript and are kept up to
// date with it, and an API for programs.
//
// All that comes from messages is untrusted: html/template escapes it, what is invisible or
// changes the direction of writing is shown as an escape, and the content security policy
// has a browser load nothing but the board's own style and script.
package web
