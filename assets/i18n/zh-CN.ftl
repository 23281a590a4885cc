## 窗口与病例
app-title = Coxa – 髋关节置换术前演练
disclaimer = 仅供研究、教学与术前演练；不是医疗器械；由外科医生决定。
language-name = 中文
case = 病例
side-left = 左侧
side-right = 右侧
side-badge-left = 左 L · 左髋
side-badge-right = 右 R · 右髋
nothing-loaded = 尚未打开病例。
unit-mm = mm
estimated = 估计值
not-available = –
close = 关闭

## 视图中的方位（字母与 DICOM 一致）
direction-anterior = A 前
direction-posterior = P 后
direction-left = L 左
direction-right = R 右
direction-superior = S 上
direction-inferior = I 下
view = 视角
view-anterior = 前面观
view-posterior = 后面观
view-left = 左面观
view-right = 右面观
view-superior = 上面观
view-inferior = 下面观
view-home = 手术侧髋关节
view-help = 左键拖动旋转 · 右键拖动平移 · 滚轮缩放 · Home、A P L R S I

## 显示内容
shown = 显示
bones = 骨骼
implants = 假体
visible = 可见
opacity = 不透明度
bone-sacrum = 骶骨
bone-hip-left = 左髋骨
bone-hip-right = 右髋骨
bone-femur-left = 左股骨
bone-femur-right = 右股骨
bone-lumbar-vertebra = 腰椎
bone-tibia-left = 左胫骨
bone-tibia-right = 右胫骨
bone-fibula-left = 左腓骨
bone-fibula-right = 右腓骨
bone-patella-left = 左髌骨
bone-patella-right = 右髌骨
bone-metal = 体内原有金属
implant-shell = 髋臼杯外壳
implant-liner = 内衬
implant-head = 股骨头假体
implant-stem = 股骨柄

## 手术计划
plan = 手术计划
plan-number = 方案 { $number }
cup = 髋臼杯
cup-diameter = 外径
radiographic-inclination = 外展角
radiographic-anteversion = 前倾角
cup-angles-definition = 影像学定义（Murray 1993），以骨盆前平面为参考
stem = 股骨柄
stem-size = 型号
stem-offset-standard = 标准偏心距
stem-offset-high = 高偏心距
stem-left-out = 未放置股骨柄，原因见“提示”。
head = 股骨头
head-diameter = 直径
neck-offset = 颈长
leg-length-change = 下肢长度
offset-change = 总偏心距
change-definition = 与扫描时相比的变化；延长、外移为正

## 活动髋关节
joint = 髋关节位置
flexion = 屈曲
extension = 伸展
abduction = 外展
adduction = 内收
internal-rotation = 内旋
external-rotation = 外旋
joint-definition = 依次绕关节自身轴屈曲、内收、内旋（ISB）
reset = 回到中立位
moves-nothing = 扫描范围内没有股骨，无法活动。

## 撞击
impingement = 撞击
contact-computing = 正在计算……
contact-preparing = 正在为撞击计算准备骨骼……
contact-none = 无接触
contact-implant-implant = 撞击：股骨颈与内衬
contact-implant-bone = 撞击：假体与骨
contact-bone-bone = 撞击：股骨与骨盆
contact-unknown = 本病例未计算撞击。
contact-neutral = 扫描时骨骼已相互接触；中立位附近的接触来自扫描本身。
contact-pair = { $first }与{ $second }接触
clearance = 间隙 { $value }
physics = 物理引擎
physics-touching = 接触
physics-free = 未接触
physics-note = 物理引擎仅作对照；报告数值均来自运动求解器。

## 活动范围
rom = 活动范围
rom-motion = 运动
rom-implant = 假体
rom-bone = 骨
rom-limit = 极限
rom-first = 首先接触
rom-unlimited = > 180°
rom-none = –
rom-caveat = 未模拟软组织；伸展极限不代表安全范围。
rom-missing = 本病例没有活动范围数据。
motion-flexion = 屈曲
motion-extension = 伸展
motion-abduction = 外展
motion-adduction = 内收
motion-internal-rotation-0 = 屈曲 0° 内旋
motion-external-rotation-0 = 屈曲 0° 外旋
motion-internal-rotation-90 = 屈曲 90° 内旋
motion-external-rotation-90 = 屈曲 90° 外旋
couple-implant-implant = 股骨颈 – 内衬
couple-implant-bone = 假体 – 骨
couple-bone-bone = 骨 – 骨

## 提示
findings = 提示
findings-none = 无特殊提示。

## 后台任务
job-loading = 正在打开病例
job-planning = 正在制定计划
job-cancel = 取消
job-cancelled = 已取消。
job-failed = 操作失败：{ $reason }
job-panicked = 内部错误使任务中止：{ $reason }
error = 错误

## 报告
report-title = 髋关节置换术前计划
report-quantity = 项目
report-value = 数值
report-definition = 定义
report-anatomy = 测量
report-provenance = 数据来源
report-view-anterior = 正面观：R 为患者右侧
report-view-left = 患者左侧观：图左为前方
report-view-right = 患者右侧观：图右为前方
report-view-inferior = 足侧观：图左为患者右侧，图上为前方
provenance-source = 来源
provenance-inputs = 输入数据的 SHA-256
provenance-software = Coxa 版本
provenance-model = 分割模型
provenance-device = 计算设备
provenance-catalogue = 假体目录

## 测量及其定义
measure-pelvic-tilt = 扫描时骨盆倾斜
measure-pelvic-tilt-definition = 骨盆前平面（双侧髂前上棘与耻骨结节；Lewinnek 1978）与检查床冠状面的夹角；后倾为正
measure-obliquity = 扫描时骨盆侧倾
measure-obliquity-definition = 双侧髂前上棘连线与检查床横断面的夹角；左侧较高为正
measure-head-diameter = 股骨头直径
measure-head-diameter-definition = 股骨头拟合球半径的两倍
measure-socket-diameter = 髋臼直径
measure-socket-diameter-definition = 月状面拟合球半径的两倍（骨面，不含软骨）
measure-head-socket = 股骨头中心至髋臼中心的距离
measure-head-socket-definition = 两个拟合球球心的距离；数值大表示股骨头不在髋臼中心
measure-native-inclination = 髋臼外展角
measure-native-inclination-definition = 髋臼缘平面法线相对骨盆前平面坐标系：影像学 / 手术学 / 解剖学定义（Murray 1993）
measure-native-anteversion = 髋臼前倾角
measure-native-anteversion-definition = 髋臼缘平面法线相对骨盆前平面坐标系：影像学 / 手术学 / 解剖学定义（Murray 1993）
measure-neck-shaft-angle = 颈干角
measure-neck-shaft-angle-definition = 股骨颈轴线与股骨干轴线的空间夹角
measure-femoral-offset = 股骨偏心距
measure-femoral-offset-definition = 股骨头中心至股骨干轴线的距离
measure-version-murphy = 股骨前倾角（Murphy）
measure-version-murphy-definition = 在垂直于股骨干的平面内，股骨颈轴线与股骨后髁连线的夹角（Murphy 1987）；前倾为正
measure-cup = 髋臼杯
measure-cup-definition = 目录条目与外径
measure-cup-inclination = 髋臼杯外展角
measure-cup-inclination-definition = 影像学定义（Murray 1993），骨盆前平面坐标系
measure-cup-anteversion = 髋臼杯前倾角
measure-cup-anteversion-definition = 影像学定义（Murray 1993），骨盆前平面坐标系
measure-cup-supine = 仰卧位髋臼杯外展角 / 前倾角
measure-cup-supine-definition = 影像学定义，骨盆倾斜与扫描时相同
measure-cup-coverage = 髋臼杯骨覆盖率
measure-cup-coverage-definition = 外半球位于骨内或与骨接触的比例
measure-stem = 股骨柄
measure-stem-definition = 目录条目：型号与偏心距选项
measure-head = 股骨头假体
measure-head-definition = 目录条目：直径与颈长
measure-leg-length = 下肢长度变化
measure-leg-length-definition = 与扫描相比，沿骨盆纵轴；延长为正
measure-offset = 总偏心距变化
measure-offset-definition = 股骨偏心距加髋臼杯中心，与扫描相比；外移为正
