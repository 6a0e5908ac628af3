-- What wrk sends, to the gateways and to nginx alike: POST, 1 KB, the headers of an X-Road client.
-- The person asked about changes from request to request, so that the log's index works as in life.
local target = os.getenv("BENCH_TARGET")
local headers = {
  ["Content-Type"] = "application/json",
  ["X-Road-Client"] = os.getenv("BENCH_CLIENT"),
  ["X-Road-UserId"] = "BAbenchmark-official",
  ["X-Road-Issue"] = "K4T92M7AE",
}
local frame = '{"subject":{"jmb":"%013d"},"fields":["children"],"parameters":{"padding":"%s"}}'
local bodies = {}
local next_body = 0

function init(_)
  local padding = string.rep("x", 1024 - #string.format(frame, 0, ""))
  for number = 1, 500 do
    bodies[number] = wrk.format("POST", target, headers, string.format(frame, math.random(10 ^ 12), padding))
  end
end

function request()
  next_body = next_body % #bodies + 1
  return bodies[next_body]
end
