import json, sys, time
import fcl, numpy as np

task, moving, fixed, axes, up_to = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
numbers = np.frombuffer(sys.stdin.buffer.read(), "<f8")
corners = lambda at, count: np.ascontiguousarray(numbers[at : at + 9 * count].reshape(-1, 3))
ball, socket = corners(0, moving), corners(9 * moving, fixed)
axes = numbers[9 * (moving + fixed) :].reshape(axes, 3)


def body(vertices):
    model = fcl.BVHModel()
    model.beginModel(len(vertices), len(vertices) // 3)
    model.addSubModel(vertices, np.arange(len(vertices), dtype=np.int32).reshape(-1, 3))
    model.endModel()
    return fcl.CollisionObject(model, fcl.Transform())


def turn(axis, degrees):
    x, y, z = axis
    s, c = np.sin(np.radians(degrees)), 1 - np.cos(np.radians(degrees))
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + s * k + c * (k @ k)


began = time.process_time()
socket, ball = body(socket), body(ball)
built = time.process_time()
request, queries = fcl.CollisionRequest(num_max_contacts=1, enable_contact=False), 0


def hit(axis, degrees):
    global queries
    queries += 1
    ball.setTransform(fcl.Transform(turn(axis, degrees), np.zeros(3)))
    return fcl.collide(socket, ball, request, fcl.CollisionResult()) > 0


def bisected(axis, step=0.25):
    for number in range(1, int(up_to / step) + 1):
        if hit(axis, number * step):
            low, high = (number - 1) * step, number * step
            while high - low > 1e-4:
                middle = (low + high) / 2
                low, high = (low, middle) if hit(axis, middle) else (middle, high)
            return high
    return None


answer = {}
if task == "sweep":
    first = lambda axis: next((degree for degree in range(int(up_to) + 1) if hit(axis, degree)), int(up_to) + 1)
    answer["angles"] = [first(axis) for axis in axes]
else:
    answer["limits_deg"] = [bisected(axis) for axis in axes]
print(json.dumps({**answer, "queries": queries, "build_cpu_s": built - began, "query_cpu_s": time.process_time() - built}))
