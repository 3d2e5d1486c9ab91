// Package api serves Heraut's REST contract. openapi.yaml is the source:
// models and the strict server are generated from it, requests are checked
// against it, and the role of each operation is read from it.
//
// A request passes the frame (frame.go) and reaches one method of handlers,
// in a file per noun, which neither knows HTTP nor echo.
package api

import _ "embed"

//go:generate bash ../tools/generate.sh

//go:embed openapi.yaml
var contract []byte
