package api

import "context"

// GetPreflight answers GET /v1/preflight.
func (h *handlers) GetPreflight(ctx context.Context, _ GetPreflightRequestObject) (GetPreflightResponseObject, error) {
	return GetPreflight200JSONResponse{Checks: shown(h.d.Preflight.Check(ctx), showCheck)}, nil
}
