// Package external lets an organization keep its own NanoMDM server: commands
// go to it by its HTTP API, and what its devices say comes back by its
// webhook. Facts about NanoMDM are those of its version 0.9.0 (docs/openapi.yaml,
// http/api, service/webhook).
package external
